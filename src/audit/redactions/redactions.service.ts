import { Injectable } from '@nestjs/common';
import { withReason, type Actor } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { isConstraintViolation } from '../../core/http/database-errors.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { redactOpenings, type EntryRow, type Openings } from '../../transparency-log/format/leaf.js';
import { leafPathOf, REDACTED_TYPE } from '../../transparency-log/bundle-verifier/redaction-checker.js';
import { type Participant } from './appointments.repository.js';
import { RedactionAppliance } from './redaction-appliance.service.js';
import { Redaction } from './redaction.entity.js';
import { type NewRedaction } from './redactions.dto.js';
import { RedactionProblem } from './redactions.problems.js';
import { readBackRedaction } from './redactions.queries.js';
import { RedactionsRepository } from './redactions.repository.js';
import { APPOINTMENT_FIELDS, SeparationOfDuties } from './separation-of-duties.policy.js';

/** Types of entries that the proof of all others rests on. */
const NON_REDACTABLE_TYPES: readonly string[] = [REDACTED_TYPE, 'redaction', 'key', 'audit'];

/** Requests and decides redactions, each with two people. Each method returns the serialized `RedactionView`. */
@Injectable()
export class RedactionsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly redactions: RedactionsRepository,
    private readonly duties: SeparationOfDuties,
    private readonly appliance: RedactionAppliance,
  ) {}

  /**
   * Requests that values be removed from an entry.
   *
   * @throws Problem 404; 403 where the actor is no auditor any more; 422 where there is no value or the entry is protected; 409 where another request is pending
   */
  async request(actor: Actor, entryId: string, { fields, reason }: NewRedaction): Promise<string> {
    const requested = [...new Set(fields)];
    try {
      return await this.unitOfWork.run(withReason(actor, reason), async (tx) => {
        await this.duties.lockRequesterOrThrow(tx, actor);
        const entry = await this.redactions.findEntryOrThrow(tx, entryId);
        if (isProtected(entry, requested)) throw RedactionProblem.not_redactable();
        openingsOrThrow(entry, requested);
        const redaction = await this.insertPending(tx, actor, { entryId, fields: requested, reason });
        await this.appliance.sign(tx, redaction.id, 'requested');
        return readBackRedaction(tx, redaction.id);
      });
    } catch (error) {
      throw isConstraintViolation(error, 'redactions_open_key') ? RedactionProblem.redaction_pending() : error;
    }
  }

  /**
   * Removes the values irrevocably, at once or as soon as the request has been sealed for the configured delay. The leaf
   * of the entry stays what it was.
   *
   * @throws Problem 404; 403 for the actor's own request or one that is not independent; 409 where it was decided before
   */
  async approve(actor: Actor, id: number): Promise<string> {
    try {
      return await this.unitOfWork.run(actor, async (tx) => {
        const redaction = await this.decide(tx, actor, id, 'approved');
        await this.appliance.sign(tx, id, 'approved');
        if (await this.redactions.isDue(tx, id)) await this.appliance.apply(tx, redaction);
        return readBackRedaction(tx, id);
      });
    } catch (error) {
      throw isRejectedByDatabase(error) ? keyUnknown() : error;
    }
  }

  /** @throws Problem 404; 403 for the actor's own request; 409 where it was decided before */
  decline(actor: Actor, id: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await this.decide(tx, actor, id, 'declined');
      return readBackRedaction(tx, id);
    });
  }

  private async insertPending(
    tx: AuditedTransaction,
    { id, username }: Actor,
    request: Pick<Redaction, 'entryId' | 'fields' | 'reason'>,
  ): Promise<Redaction> {
    const row = {
      ...request,
      status: 'pending' as const,
      requestedById: id,
      requestedBy: username,
      requestedAt: tx.now,
    };
    const audit = { verb: 'requested', also: () => ({ fields: [null, request.fields] as const }) };
    const [redaction] = (await tx.insert(Redaction, [row], audit)) as [Redaction];
    return redaction;
  }

  private async decide(
    tx: AuditedTransaction,
    actor: Actor,
    id: number,
    status: 'approved' | 'declined',
  ): Promise<Redaction> {
    const requesterId = await this.redactions.findRequesterId(tx, id);
    if (requesterId === undefined) throw RedactionProblem.redaction_not_found(`Redaction ${id} not found`);
    const people = status === 'approved' ? await this.duties.lockParticipants(tx, [actor.id, requesterId]) : [];
    const redaction = await this.redactions.lock(tx, id);
    if (!isOpen(redaction, status)) throw RedactionProblem.redaction_decided(`It was ${redaction.status} already`);
    if (redaction.requestedById === actor.id) throw RedactionProblem.own_redaction();
    if (status === 'approved') await this.assertApprovable(tx, actor, redaction, people);
    // The approval adopts the request's reason, and so do all entries that follow from it.
    if (status === 'approved') tx.actAs(withReason(actor, redaction.reason));
    const decision = { status, decidedById: actor.id, decidedBy: actor.username, decidedAt: tx.now };
    const opened = status === 'approved' && { opened: await this.remainingOpenings(tx, redaction) };
    const [decided] = await tx.update(Redaction, [redaction], { ...decision, ...opened }, { verb: status });
    return decided as Redaction;
  }

  private async assertApprovable(
    tx: AuditedTransaction,
    actor: Actor,
    redaction: Redaction,
    people: readonly Participant[],
  ): Promise<void> {
    await this.duties.assertIndependent(tx, actor, redaction, people);
    await this.appliance.assertRequestSigned(tx, redaction);
  }

  private async remainingOpenings(tx: AuditedTransaction, { entryId, fields }: Redaction): Promise<Openings> {
    return openingsOrThrow(await this.redactions.findEntryOrThrow(tx, entryId), fields);
  }
}

/** An approved redaction can be declined until the values are gone. */
const isOpen = ({ status, appliedAt }: Redaction, to: 'approved' | 'declined'): boolean =>
  status === 'pending' || (to === 'declined' && status === 'approved' && appliedAt === null);

const INSUFFICIENT_PRIVILEGE = '42501';
const isRejectedByDatabase = (error: unknown): boolean => (error as { code?: unknown }).code === INSUFFICIENT_PRIVILEGE;
const keyUnknown = () => RedactionProblem.redaction_key_unknown(undefined, { headers: { 'Retry-After': '60' } });

/** Checks whether an entry, or one of the fields, is evidence that must stay. */
function isProtected({ entity_type: type }: EntryRow, fields: readonly string[]): boolean {
  return (
    NON_REDACTABLE_TYPES.includes(type) ||
    (type === 'user' && fields.some((field) => APPOINTMENT_FIELDS.includes(field)))
  );
}

/** @throws Problem 422 `nothing_to_redact` where one of the fields has no value */
function openingsOrThrow(entry: EntryRow, fields: readonly string[]): Openings {
  const gone = fields.find((field) => leafPathOf(field) in (entry.openings?.commitments ?? {}));
  if (gone) throw RedactionProblem.nothing_to_redact(`${gone} was redacted already`);
  const before = redactOpenings(entry, []);
  const missing = fields.find((field) => !(leafPathOf(field) in before.salts));
  if (missing) throw RedactionProblem.nothing_to_redact(`The entry has no value at ${missing}`);
  return redactOpenings(entry, fields.map(leafPathOf));
}
