import { Injectable } from '@nestjs/common';
import { Config } from '../../core/config/config.js';
import { type Actor } from '../../core/authorization/actor.js';
import { CoreProblem } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { AppointmentsRepository, type Participant } from './appointments.repository.js';
import { type Redaction } from './redaction.entity.js';
import { RedactionProblem } from './redactions.problems.js';

/** Fields of a user that grant a role; audit entries about them cannot be redacted. */
export const APPOINTMENT_FIELDS: readonly string[] = [
  'role.before',
  'role.after',
  'is_active.before',
  'is_active.after',
];

/**
 * Keeps requester and approver of a redaction independent. The audit trail shows who appointed whom; each user from whom
 * a role goes back to, over any number of steps, counts.
 */
@Injectable()
export class SeparationOfDuties {
  constructor(
    private readonly config: Config,
    private readonly appointments: AppointmentsRepository,
  ) {}

  /**
   * Locks both accounts until the end of the transaction, so that a demotion comes before the approval or after it. Call it
   * before the redaction is locked: a demotion locks the account first, too.
   */
  lockParticipants(tx: AuditedTransaction, ids: readonly number[]): Promise<Participant[]> {
    return this.appointments.lockParticipants(tx, ids);
  }

  /**
   * Locks the account of a requester until the end of the transaction: a request that is inserted while its auditor is being
   * dismissed would not lapse with the others.
   *
   * @throws Problem 403 where the account is no active auditor's any more, whatever the session says
   */
  async lockRequesterOrThrow(tx: AuditedTransaction, { id }: Actor): Promise<void> {
    const [requester] = await this.appointments.lockParticipants(tx, [id]);
    if (!isActiveAuditor(requester)) throw CoreProblem.role_not_allowed();
  }

  /**
   * Judges both users by their accounts, since the session of the approver may still have an older role.
   *
   * @param people as `lockParticipants` returned them
   * @throws Problem 403 or 409 where one of them may not take part, or both depend on one user
   */
  async assertIndependent(
    tx: AuditedTransaction,
    actor: Actor,
    { requestedById }: Redaction,
    people: readonly Participant[],
  ): Promise<void> {
    const approver = people.find(({ id }) => id === actor.id);
    const requester = people.find(({ id }) => id === requestedById);
    if (!approver?.is_active || approver.role === 'developer') throw CoreProblem.role_not_allowed();
    if (!requester || !isActiveAuditor(requester)) throw RedactionProblem.redaction_lapsed();
    await this.assertNoSharedAppointer(tx, approver, requester);
    await this.assertNotAppointedRecently(tx, people);
  }

  private async assertNoSharedAppointer(
    tx: AuditedTransaction,
    approver: Participant,
    requester: Participant,
  ): Promise<void> {
    const shared = await this.appointments.findSharedAppointer(tx, approver.id, requester.id);
    if (shared === undefined) return;
    throw RedactionProblem.not_independent(
      `The roles of ${approver.username} and ${requester.username} both go back to ${shared}: a person whom ` +
        'neither appointed, directly or through others, has to approve',
    );
  }

  private async assertNotAppointedRecently(tx: AuditedTransaction, people: readonly Participant[]): Promise<void> {
    const hours = this.config.redactionAppointmentHours;
    if (hours === 0) return;
    const ids = people.map(({ id }) => id);
    const recent = await this.appointments.findRecentAppointment(tx, ids, hours);
    if (!recent) return;
    const from = recent.allowed.toISOString();
    throw RedactionProblem.appointed_recently(
      `${recent.name} was appointed less than ${hours} hours ago: this is possible from ${from}`,
      { allowed_from: from },
    );
  }
}

const isActiveAuditor = (user: Participant | undefined): boolean => user?.is_active === true && user.role === 'auditor';
