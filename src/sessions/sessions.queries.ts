import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor } from '../core/actor.js';
import { Clock } from '../core/clock.js';
import { Database, iso } from '../database/database.js';
import { deviceName, type SessionView } from './sessions.dto.js';

type Row = Omit<SessionView, 'device' | 'current'>;

/** A session that is over, and why. */
export interface Ended {
  readonly id: number;
  readonly reason: string;
}

@Injectable()
export class SessionsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** The living sessions of the actor, last used first. */
  async ofActor(me: Actor): Promise<SessionView[]> {
    const rows = await this.database.rows<Row>(sql`SELECT s.id, s.ip_address, s.user_agent,
        ${iso(sql`s.created_at`)} AS created_at, ${iso(sql`s.last_used_at`)} AS last_used_at
      FROM user_sessions s
      WHERE s.user_id = ${me.id} AND s.ended_at IS NULL AND s.expires_at > ${this.clock.now()}
      ORDER BY s.last_used_at DESC, s.id DESC`);
    return rows.map((row) => ({ ...row, device: deviceName(row.user_agent), current: row.id === me.sessionId }));
  }

  /** Those of the sessions that are over, or whose user may not sign in any more. */
  ended(ids: readonly number[]): Promise<Ended[]> {
    return this.database.rows<Ended>(sql`SELECT s.id, coalesce(s.end_reason, 'user_disabled') AS reason
      FROM user_sessions s JOIN users u ON u.id = s.user_id
      WHERE s.id = ANY(${ids}::int[]) AND (s.ended_at IS NOT NULL OR NOT u.is_active)`);
  }
}
