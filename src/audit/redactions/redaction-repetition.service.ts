import { Injectable } from '@nestjs/common';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { type Changes } from '../../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { compareWithStored, type ListedRedaction } from '../../transparency-log/storage/redaction-list.js';
import { canonicalJson } from '../../transparency-log/format/canonical-json.js';
import { redactOpenings, type EntryRow } from '../../transparency-log/format/leaf.js';
import { leafPathOf } from '../../transparency-log/bundle-verifier/redaction-checker.js';
import { RedactionAppliance } from './redaction-appliance.service.js';
import { RedactionRepetitionRepository, type LocalRedaction } from './redaction-repetition.repository.js';
import { RedactionsRepository } from './redactions.repository.js';

/** The result of repeating one listed redaction. `refused` and `waits` leave the values where they are. */
export interface Repetition {
  readonly outcome: 'present' | 'no entry' | 'repeated' | 'would repeat' | 'waits' | 'refused';
  readonly why?: string;
}

/** Defers a redaction: another one of the same entry has to be applied first. */
class DeferredError extends Error {}

/** Rejects a redaction, which rolls the transaction back. */
class RejectedError extends Error {}

const PRINCIPAL = 'redactions:repeat';
const ABSENT = { gone: 'present', 'no entry': 'no entry' } as const;

/**
 * Repeats listed redactions that a restored copy lacks. It takes no new decision: the database removes the values on the
 * signatures that a server of this installation gave to the request and the approval, as it did the first time (decision 110).
 */
@Injectable()
export class RedactionRepetition {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: RedactionRepetitionRepository,
    private readonly redactions: RedactionsRepository,
    private readonly appliance: RedactionAppliance,
  ) {}

  /** @param dryRun reports the outcome and changes nothing */
  async repeat(listed: ListedRedaction, dryRun = false): Promise<Repetition> {
    try {
      if (dryRun) return await this.predict(listed);
      return await this.unitOfWork.run(systemPrincipal(PRINCIPAL, listed.reason), (tx) => this.repeatIn(tx, listed));
    } catch (error) {
      if (error instanceof RejectedError) return { outcome: 'refused', why: error.message };
      if (error instanceof DeferredError) return { outcome: 'waits', why: error.message };
      throw error;
    }
  }

  private async predict(listed: ListedRedaction): Promise<Repetition> {
    const { query } = this.repository;
    const state = await compareWithStored(query, listed);
    if (state.kind !== 'back') return { outcome: ABSENT[state.kind] };
    await this.assertSigned(query, listed);
    const local = await this.assertRepeatable(query, listed);
    return { outcome: isWaiting(local) ? 'waits' : 'would repeat' };
  }

  private async repeatIn(tx: AuditedTransaction, listed: ListedRedaction): Promise<Repetition> {
    const query: QueryFn = (statement) => tx.query(statement);
    const state = await compareWithStored(query, listed);
    if (state.kind !== 'back') return { outcome: ABSENT[state.kind] };
    await this.assertSigned(query, listed);
    const local = await this.assertRepeatable(query, listed);
    assertEntryUnchanged(listed, state.entry);
    const id = isWaiting(local) ? listed.redaction : await this.restoreApproval(tx, listed, local);
    if (!(await this.redactions.isDue(tx, id))) return { outcome: 'waits' };
    await this.appliance.apply(tx, await this.redactions.lock(tx, id));
    return { outcome: 'repeated' };
  }

  /**
   * Recreates the row of the redaction as it was when it was approved: with its own id and signatures, unless that id was
   * given to another one since the restore.
   */
  private async restoreApproval(
    tx: AuditedTransaction,
    listed: ListedRedaction,
    local: LocalRedaction | undefined,
  ): Promise<number> {
    const keepsId = local ? !local.applied : !(await this.repository.isIdTaken(tx, listed.redaction));
    const id = local && keepsId ? listed.redaction : await this.repository.insertPending(tx, listed, keepsId);
    if (keepsId) await this.repository.restoreRequestSignature(tx, id, listed);
    else await this.appliance.sign(tx, id, 'requested');
    await this.repository.markApproved(tx, id, listed);
    if (keepsId) await this.repository.restoreApprovalSignature(tx, id, listed);
    else await this.appliance.sign(tx, id, 'approved');
    tx.audit({
      action: 'redaction.repeated',
      entityType: 'redaction',
      entityId: id,
      entityVersion: null,
      changes: repetitionChanges(listed),
    });
    return id;
  }

  /** @throws RejectedError unless a server of this installation signed the request and the approval */
  private async assertSigned(query: QueryFn, listed: ListedRedaction): Promise<void> {
    if (!listed.request_mac || !listed.approval_mac || !listed.opened)
      throw new RejectedError('it was approved before redactions were signed: have it asked for and approved again');
    if (await this.repository.isSigned(query, listed)) return;
    throw new RejectedError(
      'no server of this installation signed it so, or the key of that time was deleted: have it asked for and approved again',
    );
  }

  /** @throws RejectedError, or DeferredError, where another request of the entry is open or this one was decided otherwise */
  private async assertRepeatable(query: QueryFn, listed: ListedRedaction): Promise<LocalRedaction | undefined> {
    const local = await this.repository.findLocal(query, listed);
    if (local?.status === 'declined' || local?.status === 'lapsed')
      throw new RejectedError(`it was ${local.status} in this database: have it asked for and approved again`);
    const other = await this.repository.findOtherOpen(query, listed);
    if (other?.status === 'approved')
      throw new DeferredError(`; redaction ${other.id} of the same entry comes first: run this again then`);
    if (other) throw new RejectedError(`redaction ${other.id} of the same entry is open: have it decided first`);
    return local;
  }
}

const isWaiting = (local: LocalRedaction | undefined): boolean => local?.status === 'approved' && !local.applied;

/** @throws RejectedError where the entry is not as it was when the redaction was approved */
function assertEntryUnchanged({ fields, opened }: ListedRedaction, entry: EntryRow): void {
  if (canonicalJson(redactOpenings(entry, fields.map(leafPathOf))) === canonicalJson(opened)) return;
  throw new RejectedError('other values of the entry had been redacted before: repeat the whole list');
}

const repetitionChanges = (listed: ListedRedaction): Changes => ({
  entry: [null, listed.entry],
  fields: [null, listed.fields],
  status: [null, 'approved'],
  redaction: [null, listed.redaction],
  requested_by: [null, listed.requested_by.name],
  approved_by: [null, listed.approved_by.name],
  approved_at: [null, listed.approved_at],
});
