import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { Clock } from '../core/clock.js';
import { asIs, escaped, flag, JsonView, plain, type TextRow } from '../core/http/row-serializer.js';
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
import { assigneesOf, counts, FIGURES, FRESH, summedEach } from './rollups/task-totals.js';
import { TotalsFolder } from './rollups/totals-folder.js';
import { visibleTasks } from '../tasks/task.policy.js';
import { USER_COLUMNS, visibleUsers } from '../users/user.policy.js';
import { BY_STATUS, COMPLETION_RATE, counted, EFFICIENCY, overdue } from './analytics.queries.js';

const ORDER = 'team user_id';
const KEYS: readonly SortKey[] = [{ expression: 'f.id', type: 'int' }];

/** The figures of each person, as exact as a count, by user id. */
@Injectable()
export class TeamQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly folder: TotalsFolder,
  ) {}

  async page(me: Actor, query: PageQuery, limit: number): Promise<JsonPage> {
    const view = viewAt(me, this.clock.now());
    const page = await this.database.pageTexts(sql`${listSql(me, view, query)} ${atMost(fetchedFor(limit))}`, limit);
    return textPageOf(this.known(page.rows), page.limit, ORDER, view, undefined);
  }

  /** The whole team, in batches. */
  all(me: Actor, query: PageQuery): AsyncGenerator<JsonRow[]> {
    const view = viewAt(me, this.clock.now());
    const views = (rows: TextRow[]) => this.known(rows).map((row) => ({ json: view.json(row) }));
    return this.database.textBatches(listSql(me, view, query), me.id, views);
  }

  /** How many there are, over all pages. */
  async count(me: Actor): Promise<number> {
    const row = await this.database.row<{ n: string }>(sql`${members(me)} SELECT count(*) AS n FROM f`);
    return Number(row?.n);
  }

  /** Rows without their last column, which says how much was not folded yet. */
  private known(rows: TextRow[]): TextRow[] {
    this.folder.met(Number(rows[0]?.at(-1) ?? 0));
    return rows.map((row) => row.slice(0, -1));
  }
}

/** The `MemberFigures` of a person. */
function viewAt(me: Actor, now: Date): JsonView {
  // One look into an index for each person, at what is late alone.
  const late = sql`(SELECT count(*) FROM tasks t WHERE ${overdue(now)} AND ${counted(me)} AND t.assigned_to_id = f.id)`;
  return new JsonView({
    user_id: [sql`f.id`, asIs],
    username: [sql`f.username`, escaped],
    role: [sql`f.role`, plain],
    is_active: [sql`f.is_active`, flag],
    total: [sql`f.total`, asIs],
    by_status: [BY_STATUS, asIs],
    completion_rate: [COMPLETION_RATE, asIs],
    overdue_count: [late, asIs],
    estimated_hours: [sql`f.estimated`, plain],
    actual_hours: [sql`f.actual`, plain],
    efficiency_score: [EFFICIENCY, asIs],
  });
}

function listSql(me: Actor, { columns }: JsonView, { cursor }: PageQuery): Sql {
  return sql`${members(me)} SELECT ${columns}, ${cursorTexts(KEYS)}, (SELECT count(*) FROM fresh) AS fresh
    FROM f WHERE ${startingAt(cursor, ORDER, KEYS)} ORDER BY ${orderBy(KEYS)}`;
}

/** `f`: everyone with a task that the actor may see, and the active developers that they may see who have none. */
function members(me: Actor): Sql {
  const idle = sql`u.is_active AND u.role = 'developer' AND ${inScope(visibleUsers(me), USER_COLUMNS)}`;
  const seen = assigneesOf(visibleTasks(me));
  const each = seen
    ? summedEach(FIGURES, seen)
    : sql`SELECT t.assigned_to_id AS assignee_id, ${counts()} FROM tasks t WHERE ${counted(me)} GROUP BY 1`;
  return sql`WITH ${FRESH}, figures AS (${each}),
    f AS (SELECT u.id, u.username, u.role, u.is_active, coalesce(g.total, 0) AS total,
        coalesce(g.pending, 0) AS pending, coalesce(g.in_progress, 0) AS in_progress, coalesce(g.blocked, 0) AS blocked,
        coalesce(g.completed, 0) AS completed, coalesce(g.estimated, 0.00) AS estimated,
        coalesce(g.actual, 0.00) AS actual, g.timed_estimated, g.timed_actual
      FROM users u LEFT JOIN figures g ON g.assignee_id = u.id WHERE g.assignee_id IS NOT NULL OR (${idle}))`;
}
