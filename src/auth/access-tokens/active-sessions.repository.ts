import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Role } from '../../core/authorization/actor.js';
import { Narrowings, type NarrowingFacts } from '../../core/authorization/narrowings.service.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { ACCESS_CHANNEL } from '../../infrastructure/database/invalidated-cache.js';

/** An active session, and the attributes of its user that each request needs. */
export interface ActiveSession {
  readonly sessionId: number;
  readonly id: number;
  readonly username: string;
  readonly role: Role;
  readonly timeZone: string;
  readonly expiresAt: Date;
  readonly hasSecondFactor: boolean;
  /** Facts about the user that narrowings of extensions depend on. */
  readonly facts: NarrowingFacts;
}

interface FoundSession extends Omit<ActiveSession, 'facts'> {
  /** True where neither session nor account has ended. */
  readonly isActive: boolean;
  readonly endReason: string | null;
}

/** Statements on `user_sessions` that access tokens need. */
@Injectable()
export class ActiveSessionsRepository {
  constructor(
    private readonly database: Database,
    private readonly narrowings: Narrowings,
  ) {}

  find(sessionId: number, now: Date): Promise<FoundSession | undefined> {
    return this.database.row<FoundSession>(sql`SELECT s.id AS "sessionId", u.id, u.username, u.role,
        u.timezone AS "timeZone", s.expires_at AS "expiresAt", s.end_reason AS "endReason",
        u.second_factor_since IS NOT NULL AS "hasSecondFactor",
        (s.ended_at IS NULL AND s.expires_at > ${now} AND u.is_active) AS "isActive"
      FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${sessionId}`);
  }

  /** Reads the facts that narrowings depend on; no statement where nothing narrows. */
  factsOf(userId: number): Promise<NarrowingFacts> {
    return this.narrowings.factsOf((statement) => this.database.rows(statement), userId);
  }

  /** Notifies all replicas with the commit, as the triggers of users and sessions do. @param items such as `user:1` */
  notifyChanged(tx: AuditedTransaction, items: readonly string[]): void {
    tx.enqueue(sql`SELECT pg_notify(${ACCESS_CHANNEL}, item) FROM unnest(${items}::text[]) item`);
  }

  /** @returns the end of a session, or undefined where it was ended or its refresh token was rotated */
  async findExpiry(sessionId: number, generation: number | undefined): Promise<Date | undefined> {
    const session = await this.database.row<{ end: Date }>(sql`SELECT expires_at AS end FROM user_sessions
        WHERE id = ${sessionId} AND ended_at IS NULL AND generation = ${generation ?? null}`);
    return session?.end;
  }

  /** Writes times of last use. Skips locked rows, such as one being refreshed, since the lock holder writes its own time. */
  async updateLastUse(lastUse: ReadonlyMap<number, Date>): Promise<void> {
    const ids = [...lastUse.keys()];
    const times = [...lastUse.values()];
    await this.database.rows(sql`UPDATE user_sessions s SET last_used_at = u.at
      FROM unnest(${ids}::int[], ${times}::timestamptz[]) AS u(id, at)
      WHERE s.id = u.id AND s.last_used_at < u.at
        AND s.id IN (SELECT id FROM user_sessions WHERE id = ANY(${ids}::int[]) ORDER BY id FOR UPDATE SKIP LOCKED)`);
  }
}
