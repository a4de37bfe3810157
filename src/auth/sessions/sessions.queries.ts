import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { rawJson, jsonString, pgTimestamp, RowSerializer } from '../../core/http/row-serializer.js';
import { type ListReader } from '../../core/http/list-response.js';
import { type PageQuery } from '../../core/http/page.dto.js';
import { Database } from '../../infrastructure/database/database.js';
import { keysetReader, type KeysetList } from '../../infrastructure/database/keyset-list.js';
import { deviceName, type SessionView } from './sessions.dto.js';

/** The list of `SessionView` for their owner, last used first. */
const LIST: KeysetList<SessionView, Actor> = {
  cursorScope: 'sessions -last_used_at',
  keys: [
    { expression: 's.last_used_at', type: 'timestamptz', descending: true },
    { expression: 's.id', type: 'int', descending: true },
  ],
  view: new RowSerializer<SessionView, Actor>({
    id: [sql`s.id`, rawJson],
    // A session without a user agent has a device, too.
    device: [sql`coalesce(s.user_agent, '')`, (agent) => JSON.stringify(deviceName(agent))],
    ip_address: [sql`s.ip_address`, jsonString],
    user_agent: [sql`s.user_agent`, jsonString],
    created_at: [sql`s.created_at`, pgTimestamp],
    last_used_at: [sql`s.last_used_at`, pgTimestamp],
    current: [sql`s.id`, (id, { sessionId }) => String(Number(id) === sessionId)],
  }),
};

/** A session that ended, with the reason. */
export interface EndedSession {
  readonly id: number;
  readonly reason: string;
}

/** Reads the active sessions of their owner. */
@Injectable()
export class SessionsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, { cursor }: PageQuery): ListReader {
    const where = sql`s.user_id = ${actor.id} AND s.ended_at IS NULL AND s.expires_at > ${this.clock.now()}`;
    return keysetReader(this.database, LIST, {
      actorId: actor.id,
      cursor,
      from: sql`user_sessions s`,
      where,
      context: actor,
    });
  }

  /** Finds the sessions that ended or do not exist, or whose user is disabled. */
  findEnded(ids: readonly number[]): Promise<EndedSession[]> {
    return this.database
      .rows<EndedSession>(sql`SELECT w.id, coalesce(s.end_reason, CASE WHEN s.id IS NULL THEN 'session_unknown' ELSE 'user_disabled' END)
        AS reason
      FROM unnest(${ids}::int[]) AS w(id) LEFT JOIN user_sessions s ON s.id = w.id LEFT JOIN users u ON u.id = s.user_id
      WHERE s.id IS NULL OR s.ended_at IS NOT NULL OR NOT u.is_active`);
  }
}
