import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../core/config/config.js';
import { MAX_ID } from '../../core/http/field.validators.js';
import { type Changes, type AuditEntryDraft } from '../../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { redactionMac } from '../../infrastructure/database-roles/redaction-rules.js';
import { IdempotencyRepository } from '../../infrastructure/idempotency/idempotency.repository.js';
import { entryLeafHash, leafContent, type EntryRow } from '../../transparency-log/format/leaf.js';
import {
  leafPathOf,
  REDACTED_ACTION,
  REDACTED_TYPE,
} from '../../transparency-log/bundle-verifier/redaction-checker.js';
import { RedactionPublisher } from './redaction-publisher.service.js';
import { type Redaction } from './redaction.entity.js';
import { RedactionProblem } from './redactions.problems.js';
import { RedactionsRepository, type SignedStep } from './redactions.repository.js';

/**
 * Applies approved redactions. The database removes the values, and only on the signatures that a server of this
 * installation gave to both steps: the password of the application's role does not suffice.
 */
@Injectable()
export class RedactionAppliance {
  constructor(
    private readonly config: Config,
    private readonly redactions: RedactionsRepository,
    private readonly publisher: RedactionPublisher,
    private readonly answers: IdempotencyRepository,
  ) {}

  /** Signs a step of a redaction that this transaction has just written. */
  async sign(tx: AuditedTransaction, id: number, step: SignedStep): Promise<void> {
    await this.redactions.saveSignature(tx, id, step, await this.macOf(tx, id, step));
  }

  /** @throws Problem 409 `redaction_unproven` where the request did not come through a server of this installation */
  async assertRequestSigned(tx: AuditedTransaction, { id, requestMac }: Redaction): Promise<void> {
    const mac = await this.macOf(tx, id, 'requested');
    if (requestMac?.length === mac.length && timingSafeEqual(requestMac, mac)) return;
    throw RedactionProblem.redaction_unproven();
  }

  /**
   * Removes the values irrevocably, audits that, and publishes it. The leaf hash of the entry stays the same.
   *
   * @throws Error where the leaf hash would change
   */
  async apply(tx: AuditedTransaction, { id, entryId, fields, requestedBy, decidedBy }: Redaction): Promise<void> {
    const before = await this.redactions.findEntryOrThrow(tx, entryId);
    await this.redactions.removeValues(tx, id);
    const after = await this.redactions.findEntryOrThrow(tx, entryId);
    if (!hashOf(after).equals(hashOf(before))) throw new Error(`The leaf of entry ${entryId} would not be the same`);
    const changes = {
      fields: [null, fields],
      redaction: [null, id],
      requested_by: [null, requestedBy],
      approved_by: [null, decidedBy],
    } as const;
    tx.audit({ action: REDACTED_ACTION, ...auditSubjectOf(entryId, changes) });
    await this.publisher.enqueue(tx, id);
    await this.answers.withdraw(tx, `${before.entity_type}:${before.entity_id}`, textsAt(before, fields));
  }

  private async macOf(tx: AuditedTransaction, id: number, step: SignedStep): Promise<Buffer> {
    return redactionMac(this.config.secretKey, await this.redactions.messageToSign(tx, id, step));
  }
}

/** The texts that fields of an entry hold. */
function textsAt(entry: EntryRow, fields: readonly string[]): string[] {
  const values = fields.map((field) =>
    leafPathOf(field)
      .split('.')
      .reduce<unknown>((value, step) => (value as Record<string, unknown> | null)?.[step], entry),
  );
  return values.filter((value) => typeof value === 'string' && value.trim() !== '').map((text) => String(text).trim());
}

const hashOf = (row: EntryRow): Buffer => entryLeafHash(leafContent(row));

/** The subject of an `entry.redacted`: entry ids beyond the range of record ids stand among its changes instead. */
function auditSubjectOf(entryId: string, changes: Changes): Omit<AuditEntryDraft, 'action'> {
  const subject = { entityType: REDACTED_TYPE, entityVersion: null };
  const id = Number(entryId);
  return id <= MAX_ID
    ? { ...subject, entityId: id, changes }
    : { ...subject, entityId: null, changes: { entry: [null, entryId], ...changes } };
}
