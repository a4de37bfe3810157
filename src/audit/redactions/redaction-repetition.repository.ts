import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { Database } from '../../infrastructure/database/database.js';
import { type ListedRedaction } from '../../transparency-log/storage/redaction-list.js';
import { type RedactionStatus } from './redaction.entity.js';

/** The row of a listed redaction in this database. */
export interface LocalRedaction {
  readonly status: RedactionStatus;
  readonly applied: boolean;
}

/** Compares listed redactions with the rows of this database, and recreates the rows that a restored copy lacks. */
@Injectable()
export class RedactionRepetitionRepository {
  /** Queries outside a transaction. */
  readonly query: QueryFn;

  constructor(database: Database) {
    this.query = (statement) => database.rows(statement);
  }

  /** Checks whether a server of this installation signed both the request and the approval, by any key that is kept. */
  async isSigned(query: QueryFn, listed: ListedRedaction): Promise<boolean> {
    const row = {
      id: listed.redaction,
      entry_id: listed.entry,
      fields: listed.fields,
      reason: listed.reason,
      opened: listed.opened,
      requested_by_id: listed.requested_by.id,
      decided_by_id: listed.approved_by.id,
      request_mac: `\\x${listed.request_mac}`,
      approval_mac: `\\x${listed.approval_mac}`,
    };
    const [found] = await query<{ signed: boolean }>(
      sql`SELECT redaction_signed(jsonb_populate_record(NULL::redactions, ${JSON.stringify(row)}::jsonb)) AS signed`,
    );
    return found?.signed === true;
  }

  /** @returns the row of the same request; undefined where this database has none */
  async findLocal(query: QueryFn, listed: ListedRedaction): Promise<LocalRedaction | undefined> {
    const [row] = await query<LocalRedaction>(
      sql`SELECT r.status, r.applied_at IS NOT NULL AS applied FROM redactions r WHERE ${sameRequest(listed)}`,
    );
    return row;
  }

  /** @returns another request of the same entry that is not applied */
  async findOtherOpen(
    query: QueryFn,
    listed: ListedRedaction,
  ): Promise<{ id: number; status: RedactionStatus } | undefined> {
    const [other] = await query<{ id: number; status: RedactionStatus }>(sql`SELECT r.id, r.status FROM redactions r
      WHERE r.entry_id = ${listed.entry}::bigint
        AND (r.status = 'pending' OR r.status = 'approved' AND r.applied_at IS NULL) AND NOT (${sameRequest(listed)}) LIMIT 1`);
    return other;
  }

  async isIdTaken(tx: AuditedTransaction, id: number): Promise<boolean> {
    return (await tx.query(sql`SELECT FROM redactions WHERE id = ${id}`)).length > 0;
  }

  /** Inserts a listed redaction as a pending request. @returns the id of the row: the listed one, or the next of the sequence */
  async insertPending(tx: AuditedTransaction, listed: ListedRedaction, keepsId: boolean): Promise<number> {
    const { redaction, entry, fields, reason, requested_by, requested_at } = listed;
    const id = keepsId ? sql`${redaction}::int` : sql`nextval(pg_get_serial_sequence('redactions', 'id'))`;
    const [row] = (await tx.query(sql`INSERT INTO redactions (id, entry_id, fields, reason, requested_by_id,
        requested_by, requested_at)
      VALUES (${id}, ${entry}::bigint, ${[...fields]}::text[], ${reason}, ${requested_by.id}, ${requested_by.name},
        ${requested_at}::timestamptz) RETURNING id`)) as [{ id: number }];
    // The sequence must not return this id later.
    if (keepsId)
      await tx.query(sql`SELECT setval(pg_get_serial_sequence('redactions', 'id'), greatest(${redaction},
        (SELECT last_value FROM pg_sequences WHERE schemaname = 'public' AND sequencename = 'redactions_id_seq')))`);
    return row.id;
  }

  /** Writes the listed decision to a pending row. */
  async markApproved(tx: AuditedTransaction, id: number, listed: ListedRedaction): Promise<void> {
    const { approved_by, approved_at, opened } = listed;
    await tx.query(sql`UPDATE redactions SET status = 'approved', decided_by_id = ${approved_by.id},
      decided_by = ${approved_by.name}, decided_at = ${approved_at}::timestamptz, opened = ${JSON.stringify(opened)}::jsonb
      WHERE id = ${id}`);
  }

  async restoreRequestSignature(tx: AuditedTransaction, id: number, { request_mac }: ListedRedaction): Promise<void> {
    await tx.query(sql`UPDATE redactions SET request_mac = decode(${request_mac}, 'hex') WHERE id = ${id}`);
  }

  async restoreApprovalSignature(tx: AuditedTransaction, id: number, { approval_mac }: ListedRedaction): Promise<void> {
    await tx.query(sql`UPDATE redactions SET approval_mac = decode(${approval_mac}, 'hex') WHERE id = ${id}`);
  }
}

/** Matches the row `r` of the same request: an id alone may have been given to another one since the restore. */
const sameRequest = (listed: ListedRedaction): Sql => sql`r.id = ${listed.redaction}
  AND r.entry_id = ${listed.entry}::bigint AND r.fields = ${[...listed.fields]}::text[]
  AND r.reason = ${listed.reason} AND r.requested_by_id = ${listed.requested_by.id}`;
