import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { rawJson, jsonString, pgTimestamp, RowSerializer, type RawRow } from '../core/http/row-serializer.js';
import { type ListReader } from '../core/http/list-response.js';
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
} from '../core/http/keyset-pagination.js';
import { type PageQuery } from '../core/http/page.dto.js';
import { inScope } from '../core/authorization/policy.js';
import { Database } from '../infrastructure/database/database.js';
import { USER_COLUMNS, visibleTimeZoneRequests } from './user.policy.js';

const ORDER = 'timezone requests id';
const KEYS: readonly SortKey[] = [{ expression: 'u.id', type: 'int' }];

const VIEW = new RowSerializer<void>({
  id: [sql`u.id`, rawJson],
  username: [sql`u.username`, jsonString],
  email: [sql`u.email`, jsonString],
  timezone: [sql`u.timezone`, jsonString],
  requested_timezone: [sql`u.requested_timezone`, jsonString],
  created_at: [sql`u.created_at`, pgTimestamp],
});

/** Reads the time zones given at sign-up that a manager has to confirm. Pending accounts are left out. */
@Injectable()
export class ZoneRequestsQueries {
  constructor(private readonly database: Database) {}

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, query: PageQuery): ListReader {
    return {
      count: () => this.count(actor),
      page: (limit) => this.page(actor, query, limit),
      stream: () => this.all(actor, query),
    };
  }

  async page(actor: Actor, query: PageQuery, limit: number): Promise<JsonPage> {
    const rows = await this.database.queryRaw(sql`${this.listSql(actor, query)} ${limitSql(fetchSize(limit))}`);
    return toPageFromRaw(rows, limit, ORDER, VIEW, undefined);
  }

  all(actor: Actor, query: PageQuery): AsyncGenerator<JsonRow[]> {
    const serialize = (rows: RawRow[]) => rows.map((row) => ({ json: VIEW.serialize(row) }));
    return this.database.streamRaw(this.listSql(actor, query), actor.id, serialize);
  }

  async count(actor: Actor): Promise<number> {
    const row = await this.database.row<{ n: string }>(
      sql`SELECT count(*) AS n FROM users u WHERE ${openRequests(actor)}`,
    );
    return Number(row?.n);
  }

  private listSql(actor: Actor, { cursor }: PageQuery): Sql {
    return sql`SELECT ${VIEW.columns}, ${cursorColumnsRaw(KEYS)} FROM users u
      WHERE ${openRequests(actor)} AND ${cursorCondition(cursor, ORDER, KEYS)} ORDER BY ${orderBy(KEYS)}`;
  }
}

const openRequests = (actor: Actor): Sql =>
  sql`u.requested_timezone IS NOT NULL AND NOT u.pending AND ${inScope(visibleTimeZoneRequests(actor), USER_COLUMNS)}`;
