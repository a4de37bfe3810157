import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { MAX_ID } from '../../core/http/field.validators.js';
import { type Changes, type AuditEntryDraft } from '../../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { redactionMac } from '../../infrastructure/database-roles/redaction-rules.js';
import { ENTRY_LEAF_COLUMNS } from '../../transparency-log/storage/stored-tree.js';
import { entryLeafHash, leafContent, type EntryRow } from '../../transparency-log/format/leaf.js';
import { REDACTED_ACTION, REDACTED_TYPE } from '../../transparency-log/bundle-verifier/redaction-checker.js';
import { RedactionPublisher } from './redaction-publisher.service.js';
import { type Redaction } from './redaction.entity.js';
import { RedactionProblem } from './redactions.problems.js';

type Step = 'requested' | 'approved';

/**
 * Takes approved values out. The database does it, and only for what a server of this installation signed at both steps:
 * the password of the role that serves is not enough.
 */
@Injectable()
export class RedactionAppliance {
  constructor(
    private readonly config: Config,
    private readonly publisher: RedactionPublisher,
  ) {}

  /** Signs a step of a redaction that this transaction has just written. */
  async sign(tx: AuditedTransaction, id: number, step: Step): Promise<void> {
    const mac = await this.macOf(tx, id, step);
    const column = step === 'requested' ? sql`request_mac` : sql`approval_mac`;
    await tx.query(sql`UPDATE redactions SET ${column} = ${mac} WHERE id = ${id}`);
  }

  /** @throws Problem 409 where the request did not come through a server of this installation */
  async assertRequested(tx: AuditedTransaction, { id, requestMac }: Redaction): Promise<void> {
    const mac = await this.macOf(tx, id, 'requested');
    if (requestMac?.length === mac.length && timingSafeEqual(requestMac, mac)) return;
    throw RedactionProblem.redaction_unproven();
  }

  /** Whether the request has been sealed for as long as it has to be. */
  async isDue(tx: AuditedTransaction, id: number): Promise<boolean> {
    const [row] = await tx.query<{ due: boolean }>(
      sql`SELECT redaction_due(r) AS due FROM redactions r WHERE r.id = ${id}`,
    );
    return row?.due === true;
  }

  /** Takes the values out, at once and for good. The leaf of the entry stays what it was. */
  async apply(tx: AuditedTransaction, { id, entryId, fields, requestedBy, decidedBy }: Redaction): Promise<void> {
    const before = await entryOf(tx, entryId);
    await tx.query(sql`SELECT redact_audit_entry(${id}::int)`);
    const after = await entryOf(tx, entryId);
    if (!hashOf(after).equals(hashOf(before))) throw new Error(`The leaf of entry ${entryId} would not be the same`);
    const people = { requested_by: [null, requestedBy], approved_by: [null, decidedBy] } as const;
    const changes = { fields: [null, fields], redaction: [null, id], ...people } as const;
    tx.audit({ action: REDACTED_ACTION, ...auditSubjectOf(entryId, changes) });
    await this.publisher.add(tx, id);
  }

  private async macOf(tx: AuditedTransaction, id: number, step: Step): Promise<Buffer> {
    const [row] = await tx.query<{ message: string }>(
      sql`SELECT redaction_message(r, ${step}::text) AS message FROM redactions r WHERE r.id = ${id}`,
    );
    return redactionMac(this.config.secretKey, row?.message ?? '');
  }
}

/** @throws Problem 404 */
export async function entryOf(tx: AuditedTransaction, id: string): Promise<EntryRow> {
  const [row] = await tx.query<EntryRow>(
    sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a WHERE a.id = ${id}::bigint`,
  );
  if (!row) throw RedactionProblem.entry_not_found(`Entry ${id} not found`);
  return row;
}

const hashOf = (row: EntryRow): Buffer => entryLeafHash(leafContent(row));

/** What an `entry.redacted` is about. Entries that are numbered beyond the ids of records are named among its changes. */
function auditSubjectOf(entryId: string, changes: Changes): Omit<AuditEntryDraft, 'action'> {
  const note = { entityType: REDACTED_TYPE, entityVersion: null };
  const id = Number(entryId);
  return id <= MAX_ID
    ? { ...note, entityId: id, changes }
    : { ...note, entityId: null, changes: { entry: [null, entryId], ...changes } };
}
