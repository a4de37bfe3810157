import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { MAX_ID } from '../../core/http/field.validators.js';
import { type Changes, type TrailNote } from '../../core/persistence/audited.decorator.js';
import { type Tx } from '../../core/persistence/audited-transaction.js';
import { redactionMac } from '../../infrastructure/database-roles/redaction-rules.js';
import { ENTRY_COLUMNS } from '../../transparency-log/storage/stored-tree.js';
import { leafHash, sealedEntry, type EntryRow } from '../../transparency-log/format/leaf.js';
import { REDACTED_ACTION, REDACTED_TYPE } from '../../transparency-log/bundle-verifier/redactions-told.js';
import { RedactionDepartures } from './redaction-departures.js';
import { type Redaction } from './redaction.entity.js';
import { RedactionProblem } from './redactions.events.js';

type Step = 'requested' | 'approved';

/**
 * Takes approved values out. The database does it, and only for what a server of this installation signed at both steps:
 * the password of the role that serves is not enough.
 */
@Injectable()
export class RedactionAppliance {
  constructor(
    private readonly config: Config,
    private readonly departures: RedactionDepartures,
  ) {}

  /** Signs a step of a redaction that this transaction has just written. */
  async sign(tx: Tx, id: number, step: Step): Promise<void> {
    const mac = await this.macOf(tx, id, step);
    const column = step === 'requested' ? sql`request_mac` : sql`approval_mac`;
    await tx.query(sql`UPDATE redactions SET ${column} = ${mac} WHERE id = ${id}`);
  }

  /** @throws Problem 409 where the request did not come through a server of this installation */
  async assertRequested(tx: Tx, { id, requestMac }: Redaction): Promise<void> {
    const mac = await this.macOf(tx, id, 'requested');
    if (requestMac?.length === mac.length && timingSafeEqual(requestMac, mac)) return;
    throw RedactionProblem.redaction_unproven();
  }

  /** Whether the request has been sealed for as long as it has to be. */
  async isDue(tx: Tx, id: number): Promise<boolean> {
    const [row] = await tx.query<{ due: boolean }>(
      sql`SELECT redaction_due(r) AS due FROM redactions r WHERE r.id = ${id}`,
    );
    return row?.due === true;
  }

  /** Takes the values out, at once and for good. The leaf of the entry stays what it was. */
  async apply(tx: Tx, { id, entryId, fields, requestedBy, decidedBy }: Redaction): Promise<void> {
    const before = await entryOf(tx, entryId);
    await tx.query(sql`SELECT redact_audit_entry(${id}::int)`);
    const after = await entryOf(tx, entryId);
    if (!hashOf(after).equals(hashOf(before))) throw new Error(`The leaf of entry ${entryId} would not be the same`);
    const people = { requested_by: [null, requestedBy], approved_by: [null, decidedBy] } as const;
    const changes = { fields: [null, fields], redaction: [null, id], ...people } as const;
    tx.record({ action: REDACTED_ACTION, ...subjectOf(entryId, changes) });
    await this.departures.add(tx, id);
  }

  private async macOf(tx: Tx, id: number, step: Step): Promise<Buffer> {
    const [row] = await tx.query<{ message: string }>(
      sql`SELECT redaction_message(r, ${step}::text) AS message FROM redactions r WHERE r.id = ${id}`,
    );
    return redactionMac(this.config.secretKey, row?.message ?? '');
  }
}

/** @throws Problem 404 */
export async function entryOf(tx: Tx, id: string): Promise<EntryRow> {
  const [row] = await tx.query<EntryRow>(sql`SELECT ${ENTRY_COLUMNS} FROM audit_trail a WHERE a.id = ${id}::bigint`);
  if (!row) throw RedactionProblem.entry_not_found(`Entry ${id} not found`);
  return row;
}

const hashOf = (row: EntryRow): Buffer => leafHash(sealedEntry(row));

/** What an `entry.redacted` is about. Entries that are numbered beyond the ids of records are named among its changes. */
function subjectOf(entryId: string, changes: Changes): Omit<TrailNote, 'action'> {
  const note = { entityType: REDACTED_TYPE, entityVersion: null };
  const id = Number(entryId);
  return id <= MAX_ID
    ? { ...note, entityId: id, changes }
    : { ...note, entityId: null, changes: { entry: [null, entryId], ...changes } };
}
