import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { rawJson, jsonString, pgTimestamp, RowSerializer, type RawRow } from '../../core/http/row-serializer.js';
import { type ListReader } from '../../core/http/list-response.js';
import {
  limitSql,
  cursorColumnsRaw,
  fetchSize,
  orderBy,
  cursorCondition,
  toPageFromRaw,
  type JsonPage,
  type JsonRow,
  type SortKey,
} from '../../core/http/keyset-pagination.js';
import { type PageQuery } from '../../core/http/page.dto.js';
import { Database } from '../../infrastructure/database/database.js';
import { deviceName } from './sessions.dto.js';

const ORDER = 'sessions -last_used_at';
const LAST_USED_FIRST: readonly SortKey[] = [
  { expression: 's.last_used_at', type: 'timestamptz', descending: true },
  { expression: 's.id', type: 'int', descending: true },
];

/** Serializes a row as `SessionView` for its owner. */
const VIEW = new RowSerializer<Actor>({
  id: [sql`s.id`, rawJson],
  // A session without a user agent has a device, too.
  device: [sql`coalesce(s.user_agent, '')`, (agent) => JSON.stringify(deviceName(agent))],
  ip_address: [sql`s.ip_address`, jsonString],
  user_agent: [sql`s.user_agent`, jsonString],
  created_at: [sql`s.created_at`, pgTimestamp],
  last_used_at: [sql`s.last_used_at`, pgTimestamp],
  current: [sql`s.id`, (id, { sessionId }) => String(Number(id) === sessionId)],
});

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
  list(actor: Actor, query: PageQuery): ListReader {
    return {
      count: () => this.count(actor),
      page: (limit) => this.page(actor, query, limit),
      stream: () => this.all(actor, query),
    };
  }

  /** Reads one page, last used first. */
  async page(actor: Actor, query: PageQuery, limit: number): Promise<JsonPage> {
    const page = await this.database.pageRaw(sql`${this.listSql(actor, query)} ${limitSql(fetchSize(limit))}`, limit);
    return toPageFromRaw(page.rows, page.limit, ORDER, VIEW, actor);
  }

  /** Reads the whole list in batches. */
  all(actor: Actor, query: PageQuery): AsyncGenerator<JsonRow[]> {
    const serialize = (rows: RawRow[]) => rows.map((row) => ({ json: VIEW.serialize(row, actor) }));
    return this.database.streamRaw(this.listSql(actor, query), actor.id, serialize);
  }

  /** Counts the sessions over all pages. */
  async count(actor: Actor): Promise<number> {
    const row = await this.database.row<{ n: string }>(
      sql`SELECT count(*) AS n FROM user_sessions s WHERE ${this.isActive(actor)}`,
    );
    return Number(row?.n);
  }

  /** Finds the sessions that ended or do not exist, or whose user is disabled. */
  findEnded(ids: readonly number[]): Promise<EndedSession[]> {
    return this.database
      .rows<EndedSession>(sql`SELECT w.id, coalesce(s.end_reason, CASE WHEN s.id IS NULL THEN 'session_unknown' ELSE 'user_disabled' END)
        AS reason
      FROM unnest(${ids}::int[]) AS w(id) LEFT JOIN user_sessions s ON s.id = w.id LEFT JOIN users u ON u.id = s.user_id
      WHERE s.id IS NULL OR s.ended_at IS NOT NULL OR NOT u.is_active`);
  }

  private listSql(actor: Actor, { cursor }: PageQuery): Sql {
    return sql`SELECT ${VIEW.columns}, ${cursorColumnsRaw(LAST_USED_FIRST)} FROM user_sessions s
      WHERE ${this.isActive(actor)} AND ${cursorCondition(cursor, ORDER, LAST_USED_FIRST)} ORDER BY ${orderBy(LAST_USED_FIRST)}`;
  }

  private isActive(actor: Actor): Sql {
    return sql`s.user_id = ${actor.id} AND s.ended_at IS NULL AND s.expires_at > ${this.clock.now()}`;
  }
}
