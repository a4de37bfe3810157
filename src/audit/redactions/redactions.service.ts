import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { withReason, type Actor } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { isConstraintViolation } from '../../core/http/database-errors.js';
import { type JsonRow } from '../../core/http/keyset-pagination.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { redactOpenings, type EntryRow, type Openings } from '../../transparency-log/format/leaf.js';
import { pathOf, REDACTED_TYPE } from '../../transparency-log/bundle-verifier/redaction-checker.js';
import { entryOf, RedactionAppliance } from './redaction-appliance.service.js';
import { Redaction } from './redaction.entity.js';
import { type NewRedaction } from './redactions.dto.js';
import { RedactionProblem } from './redactions.problems.js';
import { redactionById } from './redactions.queries.js';
import { APPOINTMENT_FIELDS, SeparationOfDuties, type Participant } from './separation-of-duties.policy.js';

/** What proves the rest stays whole. */
const NON_REDACTABLE_TYPES: readonly string[] = [REDACTED_TYPE, 'redaction', 'key', 'audit'];

/** Takes values out of entries on the word of two people. Each answers with JSON text of what was written. */
@Injectable()
export class RedactionsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly duties: SeparationOfDuties,
    private readonly appliance: RedactionAppliance,
  ) {}

  /**
   * Asks for values to be taken out.
   *
   * @throws Problem 404, 422 where there is no value or the entry is one to be kept, 409 where another request waits
   */
  async request(actor: Actor, entryId: string, { fields, reason }: NewRedaction): Promise<string> {
    const wanted = [...new Set(fields)];
    try {
      return await this.unitOfWork.run(withReason(actor, reason), async (tx) => {
        const entry = await entryOf(tx, entryId);
        if (isRedactable(entry, wanted)) throw RedactionProblem.not_redactable();
        openingsOf(entry, wanted);
        const asked = { entryId, fields: wanted, reason, status: 'pending' as const };
        const by = { requestedById: actor.id, requestedBy: actor.username, requestedAt: tx.now };
        const told = { verb: 'requested', also: () => ({ fields: [null, wanted] as const }) };
        const [redaction] = (await tx.insert(Redaction, [{ ...asked, ...by }], told)) as [Redaction];
        await this.appliance.sign(tx, redaction.id, 'requested');
        return readBack(tx, redaction.id);
      });
    } catch (error) {
      throw isConstraintViolation(error, 'redactions_open_key') ? RedactionProblem.redaction_pending() : error;
    }
  }

  /**
   * Takes the values out, at once and for good; or, where the request has to be sealed for longer, later. The leaf of the
   * entry stays what it was.
   *
   * @throws Problem 404, 403 for one's own request or one that is not independent, 409 where it was decided already
   */
  async approve(actor: Actor, id: number): Promise<string> {
    try {
      return await this.unitOfWork.run(actor, async (tx) => {
        const redaction = await this.decide(tx, actor, id, 'approved');
        await this.appliance.sign(tx, id, 'approved');
        if (await this.appliance.isDue(tx, id)) await this.appliance.apply(tx, redaction);
        return readBack(tx, id);
      });
    } catch (error) {
      throw refusedByDatabase(error) ? keyUnknown() : error;
    }
  }

  /** @throws Problem 404, 403 for one's own request, 409 where it was decided already */
  decline(actor: Actor, id: number): Promise<string> {
    return this.unitOfWork.run(actor, async (tx) => {
      await this.decide(tx, actor, id, 'declined');
      return readBack(tx, id);
    });
  }

  private async decide(
    tx: AuditedTransaction,
    actor: Actor,
    id: number,
    status: 'approved' | 'declined',
  ): Promise<Redaction> {
    const [asked] = await tx.query<{ by: number }>(sql`SELECT requested_by_id AS by FROM redactions WHERE id = ${id}`);
    if (!asked) throw RedactionProblem.redaction_not_found(`Redaction ${id} not found`);
    const people = status === 'approved' ? await this.duties.lockPeople(tx, [actor.id, asked.by]) : [];
    const [redaction] = (await tx.lock(Redaction, [id])) as [Redaction];
    if (!isOpen(redaction, status)) throw RedactionProblem.redaction_decided(`It was ${redaction.status} already`);
    if (redaction.requestedById === actor.id) throw RedactionProblem.own_redaction();
    if (status === 'approved') await this.assertApprovable(tx, actor, redaction, people);
    // What is approved is what was asked for, and so is the reason of all that follows from it.
    if (status === 'approved') tx.actAs(withReason(actor, redaction.reason));
    const decision = { status, decidedById: actor.id, decidedBy: actor.username, decidedAt: tx.now };
    const opened = status === 'approved' && { opened: await this.openedBy(tx, redaction) };
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
    await this.appliance.assertRequested(tx, redaction);
  }

  private async openedBy(tx: AuditedTransaction, { entryId, fields }: Redaction): Promise<Openings> {
    return openingsOf(await entryOf(tx, entryId), fields);
  }
}

/** What was approved can be declined until the values are gone. */
const isOpen = ({ status, appliedAt }: Redaction, to: 'approved' | 'declined'): boolean =>
  status === 'pending' || (to === 'declined' && status === 'approved' && appliedAt === null);

const INSUFFICIENT_PRIVILEGE = '42501';
const refusedByDatabase = (error: unknown): boolean => (error as { code?: unknown }).code === INSUFFICIENT_PRIVILEGE;
const keyUnknown = () => RedactionProblem.redaction_key_unknown(undefined, { headers: { 'Retry-After': '60' } });

/** Whether an entry, or what is wanted of it, proves something that must not be taken out. */
function isRedactable({ entity_type: type }: EntryRow, fields: readonly string[]): boolean {
  return (
    NON_REDACTABLE_TYPES.includes(type) ||
    (type === 'user' && fields.some((field) => APPOINTMENT_FIELDS.includes(field)))
  );
}

async function readBack(tx: AuditedTransaction, id: number): Promise<string> {
  return ((await tx.query<JsonRow>(redactionById(id)))[0] as JsonRow).json;
}

/** @throws Problem 422 where one of the fields has no value */
function openingsOf(entry: EntryRow, fields: readonly string[]): Openings {
  const gone = fields.find((field) => pathOf(field) in (entry.openings?.commitments ?? {}));
  if (gone) throw RedactionProblem.nothing_to_redact(`${gone} was redacted already`);
  const before = redactOpenings(entry, []);
  const missing = fields.find((field) => !(pathOf(field) in before.salts));
  if (missing) throw RedactionProblem.nothing_to_redact(`The entry has no value at ${missing}`);
  return redactOpenings(entry, fields.map(pathOf));
}
