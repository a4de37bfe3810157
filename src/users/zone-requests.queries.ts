import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { asIs, escaped, instant, JsonView, type TextRow } from '../core/http/row-serializer.js';
import {
  atMost,
  cursorTexts,
  fetchedFor,
  orderBy,
  startingAt,
  textPageOf,
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

const VIEW = new JsonView<void>({
  id: [sql`u.id`, asIs],
  username: [sql`u.username`, escaped],
  email: [sql`u.email`, escaped],
  timezone: [sql`u.timezone`, escaped],
  requested_timezone: [sql`u.requested_timezone`, escaped],
  created_at: [sql`u.created_at`, instant],
});

/** Zones that were given at sign-up and that a manager has still to confirm. Of pending accounts none is shown. */
@Injectable()
export class ZoneRequestsQueries {
  constructor(private readonly database: Database) {}

  async page(me: Actor, query: PageQuery, limit: number): Promise<JsonPage> {
    const rows = await this.database.texts(sql`${this.listSql(me, query)} ${atMost(fetchedFor(limit))}`);
    return textPageOf(rows, limit, ORDER, VIEW, undefined);
  }

  all(me: Actor, query: PageQuery): AsyncGenerator<JsonRow[]> {
    const views = (rows: TextRow[]) => rows.map((row) => ({ json: VIEW.json(row) }));
    return this.database.textBatches(this.listSql(me, query), me.id, views);
  }

  async count(me: Actor): Promise<number> {
    const row = await this.database.row<{ n: string }>(sql`SELECT count(*) AS n FROM users u WHERE ${open(me)}`);
    return Number(row?.n);
  }

  private listSql(me: Actor, { cursor }: PageQuery): Sql {
    return sql`SELECT ${VIEW.columns}, ${cursorTexts(KEYS)} FROM users u
      WHERE ${open(me)} AND ${startingAt(cursor, ORDER, KEYS)} ORDER BY ${orderBy(KEYS)}`;
  }
}

const open = (me: Actor): Sql =>
  sql`u.requested_timezone IS NOT NULL AND NOT u.pending AND ${inScope(visibleTimeZoneRequests(me), USER_COLUMNS)}`;
