import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';

/** A user who requests or approves a redaction. */
export interface Participant {
  readonly id: number;
  readonly username: string;
  readonly role: string;
  readonly is_active: boolean;
}

/**
 * Matches an entry `a` of the trail that gave its user a role with duties, or the account back. A value that was redacted
 * before such entries were exempt counts as one.
 */
const APPOINTS: Sql = sql`a.entity_type = 'user' AND (
  a.changes ? 'role' AND coalesce(a.changes->'role'->>1, '') <> 'developer'
  OR a.changes ? 'is_active' AND coalesce(a.changes->'is_active'->>1, 'true') = 'true')`;

/** Reads from the audit trail who appointed whom. */
@Injectable()
export class AppointmentsRepository {
  /** Locks accounts in the order of their ids, until the end of the transaction. */
  lockParticipants(tx: AuditedTransaction, ids: readonly number[]): Promise<Participant[]> {
    return tx.query<Participant>(sql`SELECT id, username, role, is_active FROM users
      WHERE id = ANY(${ids}::int[]) ORDER BY id FOR UPDATE`);
  }

  /** Follows appointments of both users back, over any number of steps. @returns the name of a user whom both go back to */
  async findSharedAppointer(
    tx: AuditedTransaction,
    approverId: number,
    requesterId: number,
  ): Promise<string | undefined> {
    // UNION, not UNION ALL: users may have appointed each other.
    const [shared] = await tx.query<{ name: string }>(sql`WITH RECURSIVE line (person, origin) AS (
        SELECT person, person FROM unnest(${[approverId, requesterId]}::int[]) person
        UNION SELECT line.person, a.actor_id FROM line JOIN audit_trail a
          ON a.entity_id = line.origin AND ${APPOINTS} AND a.actor_id <> a.entity_id)
      SELECT coalesce(u.username, 'user ' || mine.origin) AS name
      FROM line mine JOIN line theirs ON theirs.origin = mine.origin AND theirs.person = ${requesterId}
      LEFT JOIN users u ON u.id = mine.origin WHERE mine.person = ${approverId} ORDER BY mine.origin LIMIT 1`);
    return shared?.name;
  }

  /** @returns the latest appointment of the users within the last hours, with the end of its waiting period */
  async findRecentAppointment(
    tx: AuditedTransaction,
    userIds: readonly number[],
    hours: number,
  ): Promise<{ name: string; allowed: Date } | undefined> {
    const [recent] = await tx.query<{ name: string; allowed: Date }>(sql`SELECT u.username AS name,
        a.occurred_at + make_interval(hours => ${hours}) AS allowed
      FROM audit_trail a JOIN users u ON u.id = a.entity_id
      WHERE a.entity_id = ANY(${userIds}::int[]) AND ${APPOINTS}
        AND a.occurred_at > clock_timestamp() - make_interval(hours => ${hours})
      ORDER BY a.occurred_at DESC LIMIT 1`);
    return recent;
  }
}
