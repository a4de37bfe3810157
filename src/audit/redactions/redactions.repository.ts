import { Injectable } from '@nestjs/common';
import sql, { join } from 'sql-template-tag';
import { shownReferences } from '../../core/authorization/restriction.sql.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { listedRedactions, type ListedRedaction } from '../../transparency-log/storage/redaction-list.js';
import { ENTRY_LEAF_COLUMNS } from '../../transparency-log/storage/stored-tree.js';
import { type EntryRow } from '../../transparency-log/format/leaf.js';
import { Redaction } from './redaction.entity.js';
import { RedactionProblem } from './redactions.problems.js';
import { shownRedactions } from './redactions.queries.js';

/** The two steps that a server signs. */
export type SignedStep = 'requested' | 'approved';

/** Finds, locks and signs redactions, and has the database remove the values. */
@Injectable()
export class RedactionsRepository {
  constructor(private readonly database: Database) {}

  /** @throws Problem 404 `entry_not_found`, also where an extension keeps the record of the entry from the principal */
  async findEntryOrThrow(tx: AuditedTransaction, id: string): Promise<EntryRow> {
    const shown = shownReferences(tx.principal, { type: 'a.entity_type', id: 'a.entity_id' });
    const [row] = await tx.query<EntryRow>(
      sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a WHERE ${join([sql`a.id = ${id}::bigint`, ...shown], ' AND ')}`,
    );
    if (!row) throw RedactionProblem.entry_not_found(`Entry ${id} not found`);
    return row;
  }

  /** @returns the id of the user who requested it; undefined where the principal sees no such redaction */
  async findRequesterId(tx: AuditedTransaction, id: number): Promise<number | undefined> {
    const where = join([sql`r.id = ${id}`, ...shownRedactions(tx.principal)], ' AND ');
    const [row] = await tx.query<{ by: number }>(sql`SELECT requested_by_id AS by FROM redactions r WHERE ${where}`);
    return row?.by;
  }

  /** Locks a redaction that exists. */
  async lock(tx: AuditedTransaction, id: number): Promise<Redaction> {
    const [redaction] = (await tx.lock(Redaction, [id])) as [Redaction];
    return redaction;
  }

  /** Locks a redaction that was approved and not applied; undefined where it is in another state. */
  async lockUnapplied(tx: AuditedTransaction, id: number): Promise<Redaction | undefined> {
    const [redaction] = await tx.lock(Redaction, [id], sql`status = 'approved' AND applied_at IS NULL`);
    return redaction;
  }

  /** Locks the redactions that are not applied and in which one of the users takes part. */
  lockOpenOf(tx: AuditedTransaction, userIds: readonly number[]): Promise<Redaction[]> {
    return tx.lockWhere(
      Redaction,
      sql`(status = 'pending' AND requested_by_id = ANY(${userIds}::int[])) OR (status = 'approved' AND applied_at IS NULL
        AND (requested_by_id = ANY(${userIds}::int[]) OR decided_by_id = ANY(${userIds}::int[])))`,
    );
  }

  /** @returns the redactions whose sealing delay is over, oldest first */
  findDue(): Promise<{ id: number; reason: string }[]> {
    return this.database.rows(sql`SELECT id, reason FROM redactions r
      WHERE status = 'approved' AND applied_at IS NULL AND approval_mac IS NOT NULL AND redaction_due(r) ORDER BY id`);
  }

  /** Checks whether the request has been sealed for as long as the database demands. */
  async isDue(tx: AuditedTransaction, id: number): Promise<boolean> {
    const [row] = await tx.query<{ due: boolean }>(
      sql`SELECT redaction_due(r) AS due FROM redactions r WHERE r.id = ${id}`,
    );
    return row?.due === true;
  }

  /** @returns the text that a server signs at a step */
  async messageToSign(tx: AuditedTransaction, id: number, step: SignedStep): Promise<string> {
    const [row] = await tx.query<{ message: string }>(
      sql`SELECT redaction_message(r, ${step}::text) AS message FROM redactions r WHERE r.id = ${id}`,
    );
    return row?.message ?? '';
  }

  async saveSignature(tx: AuditedTransaction, id: number, step: SignedStep, mac: Buffer): Promise<void> {
    const column = step === 'requested' ? sql`request_mac` : sql`approval_mac`;
    await tx.query(sql`UPDATE redactions SET ${column} = ${mac} WHERE id = ${id}`);
  }

  /** Has the database remove the values of an approved redaction; it checks both signatures itself. */
  async removeValues(tx: AuditedTransaction, id: number): Promise<void> {
    await tx.query(sql`SELECT redact_audit_entry(${id}::int)`);
  }

  /** @returns an applied redaction as a line of the outside list; undefined where this database does not have it */
  async findListed(id: number): Promise<ListedRedaction | undefined> {
    const [listed] = await listedRedactions((statement) => this.database.rows(statement), sql`r.id = ${id}`);
    return listed;
  }
}
