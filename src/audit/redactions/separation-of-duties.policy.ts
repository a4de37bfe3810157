import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { type Actor } from '../../core/authorization/actor.js';
import { CoreProblem } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { type Redaction } from './redaction.entity.js';
import { RedactionProblem } from './redactions.problems.js';

export interface Participant {
  readonly id: number;
  readonly username: string;
  readonly role: string;
  readonly is_active: boolean;
}

/** The fields of a user by which people come by a role; entries about them cannot be redacted. */
export const APPOINTMENT_FIELDS: readonly string[] = [
  'role.before',
  'role.after',
  'is_active.before',
  'is_active.after',
];

/**
 * An entry `a` of the trail that gave its user a role with duties, or the account back. A value that was redacted before
 * such entries were exempt counts as one.
 */
const APPOINTS: Sql = sql`a.entity_type = 'user' AND (
  a.changes ? 'role' AND coalesce(a.changes->'role'->>1, '') <> 'developer'
  OR a.changes ? 'is_active' AND coalesce(a.changes->'is_active'->>1, 'true') = 'true')`;

/**
 * Keeps the two people of a redaction apart. The audit trail says who appointed whom; everybody from whom a user has their
 * role, over any number of steps, counts.
 */
@Injectable()
export class SeparationOfDuties {
  constructor(private readonly config: Config) {}

  /**
   * Locks both accounts until the end of the transaction, so that a demotion comes before the approval or after it. To be
   * called before the redaction is locked: a demotion locks the account first, too.
   */
  lockPeople(tx: AuditedTransaction, ids: readonly number[]): Promise<Participant[]> {
    return tx.query<Participant>(sql`SELECT id, username, role, is_active FROM users
      WHERE id = ANY(${ids}::int[]) ORDER BY id FOR UPDATE`);
  }

  /**
   * The session of the approver may still have an older role, so that both are judged by their accounts.
   *
   * @param people as `lockPeople` returned them
   * @throws Problem 403 or 409 where one of them may not take part, or both depend on one person
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
    if (!requester?.is_active || requester.role !== 'auditor') throw RedactionProblem.redaction_lapsed();
    await this.assertNoSharedAppointer(tx, approver, requester);
    await this.assertAppointedLongAgo(tx, people);
  }

  private async assertNoSharedAppointer(
    tx: AuditedTransaction,
    approver: Participant,
    requester: Participant,
  ): Promise<void> {
    // UNION, not UNION ALL: people may have appointed each other.
    const [shared] = await tx.query<{ name: string }>(sql`WITH RECURSIVE line (person, origin) AS (
        SELECT person, person FROM unnest(${[approver.id, requester.id]}::int[]) person
        UNION SELECT line.person, a.actor_id FROM line JOIN audit_trail a
          ON a.entity_id = line.origin AND ${APPOINTS} AND a.actor_id <> a.entity_id)
      SELECT coalesce(u.username, 'user ' || mine.origin) AS name
      FROM line mine JOIN line theirs ON theirs.origin = mine.origin AND theirs.person = ${requester.id}
      LEFT JOIN users u ON u.id = mine.origin WHERE mine.person = ${approver.id} ORDER BY mine.origin LIMIT 1`);
    if (!shared) return;
    throw RedactionProblem.not_independent(
      `The roles of ${approver.username} and ${requester.username} both go back to ${shared.name}: somebody whom ` +
        'neither appointed, directly or through others, has to approve',
    );
  }

  private async assertAppointedLongAgo(tx: AuditedTransaction, people: readonly Participant[]): Promise<void> {
    const hours = this.config.redactionAppointmentHours;
    if (hours === 0) return;
    const ids = people.map(({ id }) => id);
    const [late] = await tx.query<{ name: string; allowed: Date }>(sql`SELECT u.username AS name,
        a.occurred_at + make_interval(hours => ${hours}) AS allowed
      FROM audit_trail a JOIN users u ON u.id = a.entity_id
      WHERE a.entity_id = ANY(${ids}::int[]) AND ${APPOINTS}
        AND a.occurred_at > clock_timestamp() - make_interval(hours => ${hours})
      ORDER BY a.occurred_at DESC LIMIT 1`);
    if (!late) return;
    const from = late.allowed.toISOString();
    throw RedactionProblem.appointed_recently(
      `${late.name} was appointed less than ${hours} hours ago: this is possible from ${from}`,
      { allowed_from: from },
    );
  }
}
