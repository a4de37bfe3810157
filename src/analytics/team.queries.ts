import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { Clock } from '../core/clock.js';
import {
  rawJson,
  jsonString,
  pgBoolean,
  RowSerializer,
  unescapedString,
  type RawRow,
} from '../core/http/row-serializer.js';
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
import { shownRecords } from '../core/authorization/restriction.sql.js';
import { inScope } from '../core/authorization/policy.js';
import { Database } from '../infrastructure/database/database.js';
import { assigneesOf, counts, FIGURES, PENDING_DELTAS, summedEach } from './rollups/task-totals.sql.js';
import { RollupCompactor } from './rollups/rollup-compactor.worker.js';
import { visibleTasks } from '../tasks/task.policy.js';
import { USER_COLUMNS, visibleUsers } from '../users/user.policy.js';
import { BY_STATUS, COMPLETION_RATE, visibleLiveTasks, EFFICIENCY, overdueCount } from './overview.queries.js';
import { type MemberFigures } from './analytics.dto.js';

const ORDER = 'team user_id';
const KEYS: readonly SortKey[] = [{ expression: 'f.id', type: 'int' }];

/** Reads the figures of each person, as exact as a count, by user id. */
@Injectable()
export class TeamQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly compactor: RollupCompactor,
  ) {}

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, query: PageQuery): ListReader {
    return {
      count: () => this.count(actor),
      page: (limit, gone) => this.page(actor, query, limit, gone),
      stream: () => this.all(actor, query),
    };
  }

  async page(actor: Actor, query: PageQuery, limit: number, gone?: () => AbortSignal): Promise<JsonPage> {
    const view = viewAt(actor, this.clock.now());
    const statement = sql`${listSql(actor, view, query)} ${limitSql(fetchSize(limit))}`;
    const page = await this.database.pageRaw(statement, { limit, reader: actor.id, gone });
    return toPageFromRaw(this.known(page.rows), page.limit, ORDER, view, undefined);
  }

  /** Reads the whole team in batches. */
  all(actor: Actor, query: PageQuery): AsyncGenerator<JsonRow[]> {
    const view = viewAt(actor, this.clock.now());
    const views = (rows: RawRow[]) => this.known(rows).map((row) => ({ json: view.serialize(row) }));
    return this.database.streamRaw(listSql(actor, view, query), actor.id, views);
  }

  /** Number of rows over all pages. */
  async count(actor: Actor): Promise<number> {
    const row = await this.database.row<{ n: string }>(sql`${members(actor)} SELECT count(*) AS n FROM f`);
    return Number(row?.n);
  }

  /** Returns rows without their last column, the number of pending deltas. */
  private known(rows: RawRow[]): RawRow[] {
    this.compactor.reportPending(Number(rows[0]?.at(-1) ?? 0));
    return rows.map((row) => row.slice(0, -1));
  }
}

/** Serializes a row as `MemberFigures`. */
function viewAt(actor: Actor, now: Date): RowSerializer<MemberFigures> {
  // One index lookup per person, over late tasks alone.
  const late = sql`(SELECT count(*) FROM tasks t WHERE ${overdueCount(now)} AND ${visibleLiveTasks(actor)} AND t.assigned_to_id = f.id)`;
  return new RowSerializer<MemberFigures>({
    user_id: [sql`f.id`, rawJson],
    username: [sql`f.username`, jsonString],
    role: [sql`f.role`, unescapedString],
    is_active: [sql`f.is_active`, pgBoolean],
    total: [sql`f.total`, rawJson],
    by_status: [BY_STATUS, rawJson],
    completion_rate: [COMPLETION_RATE, rawJson],
    overdue_count: [late, rawJson],
    estimated_hours: [sql`f.estimated`, unescapedString],
    actual_hours: [sql`f.actual`, unescapedString],
    efficiency_score: [EFFICIENCY, rawJson],
  });
}

function listSql(actor: Actor, { columns }: RowSerializer<MemberFigures>, { cursor }: PageQuery): Sql {
  return sql`${members(actor)} SELECT ${columns}, ${cursorColumnsRaw(KEYS)}, (SELECT count(*) FROM fresh) AS fresh
    FROM f WHERE ${cursorCondition(cursor, ORDER, KEYS)} ORDER BY ${orderBy(KEYS)}`;
}

/** `f`: everyone with a task that the actor may see, and the active developers that they may see who have none; but for users whom a narrowing hides. */
function members(actor: Actor): Sql {
  const idle = sql`u.is_active AND u.role = 'developer' AND ${inScope(visibleUsers(actor), USER_COLUMNS)}`;
  const member = sql`g.assignee_id IS NOT NULL OR (${idle})`;
  const shown = shownRecords(actor, 'user', 'u.id');
  const listed = shown.length === 0 ? member : sql`(${member}) AND ${join(shown, ' AND ')}`;
  const seen = assigneesOf(visibleTasks(actor));
  const each = seen
    ? summedEach(FIGURES, seen)
    : sql`SELECT t.assigned_to_id AS assignee_id, ${counts()} FROM tasks t WHERE ${visibleLiveTasks(actor)} GROUP BY 1`;
  return sql`WITH ${PENDING_DELTAS}, figures AS (${each}),
    f AS (SELECT u.id, u.username, u.role, u.is_active, coalesce(g.total, 0) AS total,
        coalesce(g.pending, 0) AS pending, coalesce(g.in_progress, 0) AS in_progress, coalesce(g.blocked, 0) AS blocked,
        coalesce(g.completed, 0) AS completed, coalesce(g.estimated, 0.00) AS estimated,
        coalesce(g.actual, 0.00) AS actual, g.timed_estimated, g.timed_actual
      FROM users u LEFT JOIN figures g ON g.assignee_id = u.id WHERE ${listed})`;
}
