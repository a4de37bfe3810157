import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { type Changes } from '../../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { standingOf, type ListedRedaction } from '../../transparency-log/storage/redaction-list.js';
import { canonicalJson } from '../../transparency-log/format/canonical-json.js';
import { redactOpenings, type EntryRow } from '../../transparency-log/format/leaf.js';
import { pathOf } from '../../transparency-log/bundle-verifier/redaction-checker.js';
import { RedactionAppliance } from './redaction-appliance.service.js';
import { Redaction, type RedactionStatus } from './redaction.entity.js';

/** What became of a redaction of a list. `refused` and `waits` leave the values where they are. */
export interface Repetition {
  readonly outcome: 'present' | 'no entry' | 'repeated' | 'would repeat' | 'waits' | 'refused';
  readonly why?: string;
}

/** Another redaction of the entry comes first. */
class Later extends Error {}

/** Takes a refusal out of the transaction, which is rolled back. */
class Refusal extends Error {}

const AUTHOR = 'redactions:repeat';

/**
 * Repeats redactions that a restored copy lacks. Nobody decides again: the database lets the values go on the signatures
 * that the request and the approval got from a server of this installation, as it did the first time (decision 110).
 */
@Injectable()
export class RedactionRepetition {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly appliance: RedactionAppliance,
  ) {}

  /** @param dryRun finds out what would be done, and does nothing */
  async repeat(listed: ListedRedaction, dryRun = false): Promise<Repetition> {
    try {
      if (dryRun) return await this.foreseen(listed);
      return await this.unitOfWork.run(systemPrincipal(AUTHOR, listed.reason), (tx) => this.repeatIn(tx, listed));
    } catch (error) {
      if (error instanceof Refusal) return { outcome: 'refused', why: error.message };
      if (error instanceof Later) return { outcome: 'waits', why: error.message };
      throw error;
    }
  }

  private async foreseen(listed: ListedRedaction): Promise<Repetition> {
    const ask: QueryFn = (statement) => this.database.rows(statement);
    const standing = await standingOf(ask, listed);
    if (standing.kind !== 'back') return { outcome: PRESENT[standing.kind] };
    await assertSigned(ask, listed);
    const own = await assertOpen(ask, listed);
    return { outcome: waits(own) ? 'waits' : 'would repeat' };
  }

  private async repeatIn(tx: AuditedTransaction, listed: ListedRedaction): Promise<Repetition> {
    const ask: QueryFn = (statement) => tx.query(statement);
    const standing = await standingOf(ask, listed);
    if (standing.kind !== 'back') return { outcome: PRESENT[standing.kind] };
    await assertSigned(ask, listed);
    const own = await assertOpen(ask, listed);
    assertFits(listed, standing.entry);
    const id = waits(own) ? listed.redaction : await this.approveAgain(tx, listed, own);
    if (!(await this.appliance.isDue(tx, id))) return { outcome: 'waits' };
    const [redaction] = (await tx.lock(Redaction, [id])) as [Redaction];
    await this.appliance.apply(tx, redaction);
    return { outcome: 'repeated' };
  }

  /**
   * Makes the row of the redaction as it was when it was approved: under its own id and with its own signatures, unless that id
   * was given to another one since the restore.
   */
  private async approveAgain(tx: AuditedTransaction, listed: ListedRedaction, own: Own | undefined): Promise<number> {
    const { approved_by, approved_at, opened, request_mac, approval_mac } = listed;
    const [taken] = await tx.query(sql`SELECT FROM redactions WHERE id = ${listed.redaction}`);
    const keepsId = own ? !own.applied : !taken;
    const id = own && keepsId ? listed.redaction : await insertRequest(tx, listed, keepsId);
    if (!keepsId) await this.appliance.sign(tx, id, 'requested');
    else await tx.query(sql`UPDATE redactions SET request_mac = decode(${request_mac}, 'hex') WHERE id = ${id}`);
    await tx.query(sql`UPDATE redactions SET status = 'approved', decided_by_id = ${approved_by.id},
      decided_by = ${approved_by.name}, decided_at = ${approved_at}::timestamptz, opened = ${JSON.stringify(opened)}::jsonb
      WHERE id = ${id}`);
    if (!keepsId) await this.appliance.sign(tx, id, 'approved');
    else await tx.query(sql`UPDATE redactions SET approval_mac = decode(${approval_mac}, 'hex') WHERE id = ${id}`);
    tx.audit({
      action: 'redaction.repeated',
      entityType: 'redaction',
      entityId: id,
      entityVersion: null,
      changes: repetitionOf(listed),
    });
    return id;
  }
}

const PRESENT = { gone: 'present', 'no entry': 'no entry' } as const;

/** The row of the same request in this database. */
interface Own {
  readonly status: RedactionStatus;
  readonly applied: boolean;
}

const waits = (own: Own | undefined): boolean => own?.status === 'approved' && !own.applied;

/** @throws Refusal unless a server of this installation signed that it was asked for and approved */
async function assertSigned(query: QueryFn, listed: ListedRedaction): Promise<void> {
  const { request_mac, approval_mac, opened } = listed;
  if (!request_mac || !approval_mac || !opened)
    throw new Refusal('it was approved before redactions were signed: have it asked for and approved again');
  const row = {
    ...{ id: listed.redaction, entry_id: listed.entry, fields: listed.fields, reason: listed.reason, opened },
    ...{ requested_by_id: listed.requested_by.id, decided_by_id: listed.approved_by.id },
    ...{ request_mac: `\\x${request_mac}`, approval_mac: `\\x${approval_mac}` },
  };
  const [found] = await query<{ signed: boolean }>(
    sql`SELECT redaction_signed(jsonb_populate_record(NULL::redactions, ${JSON.stringify(row)}::jsonb)) AS signed`,
  );
  if (found?.signed) return;
  throw new Refusal(
    'no server of this installation signed it so, or the key of that time was deleted: have it asked for and approved again',
  );
}

/** @throws Refusal or Later where another request of the entry is open, or this one was decided otherwise in this database */
async function assertOpen(query: QueryFn, listed: ListedRedaction): Promise<Own | undefined> {
  const same = sql`r.id = ${listed.redaction} AND r.entry_id = ${listed.entry}::bigint AND r.fields = ${[...listed.fields]}::text[]
    AND r.reason = ${listed.reason} AND r.requested_by_id = ${listed.requested_by.id}`;
  const [own] = await query<Own>(
    sql`SELECT r.status, r.applied_at IS NOT NULL AS applied FROM redactions r WHERE ${same}`,
  );
  if (own?.status === 'declined' || own?.status === 'lapsed')
    throw new Refusal(`it was ${own.status} in this database: have it asked for and approved again`);
  const [other] = await query<{ id: number; status: RedactionStatus }>(sql`SELECT r.id, r.status FROM redactions r
    WHERE r.entry_id = ${listed.entry}::bigint
      AND (r.status = 'pending' OR r.status = 'approved' AND r.applied_at IS NULL) AND NOT (${same}) LIMIT 1`);
  if (other?.status === 'approved')
    throw new Later(`; redaction ${other.id} of the same entry comes first: run this again then`);
  if (other) throw new Refusal(`redaction ${other.id} of the same entry is open: have it decided first`);
  return own;
}

/** @throws Refusal where the entry is not as it was when the redaction was approved */
function assertFits({ fields, opened }: ListedRedaction, entry: EntryRow): void {
  if (canonicalJson(redactOpenings(entry, fields.map(pathOf))) === canonicalJson(opened)) return;
  throw new Refusal('other values of the entry had been redacted before: repeat the whole list');
}

/** @returns the id of the row, as a request that waits */
async function insertRequest(tx: AuditedTransaction, listed: ListedRedaction, keepsId: boolean): Promise<number> {
  const { redaction, entry, fields, reason, requested_by, requested_at } = listed;
  const id = keepsId ? sql`${redaction}::int` : sql`nextval(pg_get_serial_sequence('redactions', 'id'))`;
  const [row] = await tx.query<{
    id: number;
  }>(sql`INSERT INTO redactions (id, entry_id, fields, reason, requested_by_id,
      requested_by, requested_at)
    VALUES (${id}, ${entry}::bigint, ${[...fields]}::text[], ${reason}, ${requested_by.id}, ${requested_by.name},
      ${requested_at}::timestamptz) RETURNING id`);
  // Ids that are given later must not meet this one.
  if (keepsId)
    await tx.query(sql`SELECT setval(pg_get_serial_sequence('redactions', 'id'), greatest(${redaction},
      (SELECT last_value FROM pg_sequences WHERE schemaname = 'public' AND sequencename = 'redactions_id_seq')))`);
  return (row as { id: number }).id;
}

const repetitionOf = (listed: ListedRedaction): Changes => ({
  entry: [null, listed.entry],
  fields: [null, listed.fields],
  status: [null, 'approved'],
  redaction: [null, listed.redaction],
  requested_by: [null, listed.requested_by.name],
  approved_by: [null, listed.approved_by.name],
  approved_at: [null, listed.approved_at],
});
