import { Injectable, type StreamableFile } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { Clock } from '../core/clock.js';
import { shownRecords } from '../core/authorization/restriction.sql.js';
import { inScope } from '../core/authorization/policy.js';
import { PreserializedJson, streamJsonArray, type JsonEnvelope } from '../core/http/streamed-response.js';
import { Database } from '../infrastructure/database/database.js';
import { assigneesOf, counts, PENDING_DELTAS, summed } from './rollups/task-totals.sql.js';
import { RollupCompactor } from './rollups/rollup-compactor.worker.js';
import { TASK_COLUMNS, visibleTasks } from '../tasks/task.policy.js';
import { MAX_BLOCKED, type Overview } from './analytics.dto.js';
import { BlockedTasksCache } from './blocked-tasks.cache.js';
import {
  BLOCKED_TASKS_VERSION,
  blockedTaskRowsSql,
  INSERTED_LIST,
  LIST_PLACEHOLDER,
  PLACEHOLDER_SQL,
  shortList,
  wholeList,
  type BlockedList,
} from './blocked-tasks.queries.js';

/** Attempts to read figures and list in the same version, before both are read in one statement. */
const MAX_ATTEMPTS = 3;

interface OverviewRow {
  readonly json: string;
  readonly version: string;
  /** True where the JSON has a placeholder for a list that is too long. */
  readonly streamed: boolean;
  /** Number of pending deltas. */
  readonly fresh: number;
}

/** Reads the overview, exact at all times, from the rollups where the policy judges by assignee alone. */
@Injectable()
export class AnalyticsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly compactor: RollupCompactor,
    private readonly blocked: BlockedTasksCache,
  ) {}

  /**
   * Reads figures and list in one version; one that is too long is streamed after the figures.
   *
   * @param limit maximum number of blocked tasks; all of them by default
   * @throws Problem 429 or 503 where too many long reads run already
   */
  async overview(actor: Actor, limit?: number): Promise<PreserializedJson<Overview> | StreamableFile> {
    const everyone = assigneesOf(visibleTasks(actor)) === 'everyone';
    for (let attempt = 1; everyone && limit === undefined && attempt <= MAX_ATTEMPTS; attempt++) {
      const row = await this.read(overview(actor, this.clock.now(), INSERTED_LIST));
      const list = row.streamed ? null : this.blocked.get(row.version);
      if (list === null) return this.streamed(actor, row);
      if (list) return new PreserializedJson(insertList(row, list));
      await this.blocked.refresh();
    }
    const tasks = blockedTasks(actor, limit);
    const list = limit === undefined ? wholeList(tasks) : shortList(tasks);
    const row = await this.read(overview(actor, this.clock.now(), list));
    return row.streamed ? this.streamed(actor, row) : new PreserializedJson(row.json);
  }

  private streamed(actor: Actor, row: OverviewRow): Promise<PreserializedJson<Overview> | StreamableFile> {
    const tasks = blockedTaskRowsSql(blockedTasks(actor, undefined));
    return streamJsonArray(this.database.stream<{ json: string }>(tasks, actor.id), envelopeOf(row));
  }

  private async read(statement: Sql): Promise<OverviewRow> {
    const row = (await this.database.row<OverviewRow>(statement)) as OverviewRow;
    this.compactor.reportPending(row.fresh);
    return row;
  }
}

function envelopeOf({ json }: OverviewRow): JsonEnvelope {
  const [before = '', after = ''] = json.split(LIST_PLACEHOLDER);
  return [before, after];
}

function insertList(row: OverviewRow, list: Buffer): Buffer {
  const [before, after] = envelopeOf(row);
  return Buffer.concat([Buffer.from(before), list, Buffer.from(after)]);
}

/** Condition of the tasks that the figures of an actor count. */
export function visibleLiveTasks(actor: Actor): Sql {
  return sql`t.deleted_at IS NULL AND ${inScope(visibleTasks(actor), TASK_COLUMNS)}`;
}

/** True where an extension keeps tasks from an actor: no rollup leaves them out. */
const isNarrowed = (actor: Actor): boolean => shownRecords(actor, 'task', 't.id').length > 0;

/**
 * Hides a value from the planner. PostgreSQL keeps a generic plan only while custom plans do not look cheaper, and planning
 * takes longer than these statements do.
 */
const planOpaque = (value: number | Date, type: 'int' | 'timestamptz') => sql`(SELECT ${value}::${raw(type)})`;

function blockedTasks(actor: Actor, limit: number | undefined): Sql {
  const [one, ...others] = assigneesOf(visibleTasks(actor)) ?? [];
  const isOneAssignee = typeof one === 'number' && others.length === 0;
  const visible = isOneAssignee
    ? sql`t.deleted_at IS NULL AND t.assigned_to_id = ${planOpaque(one, 'int')}`
    : visibleLiveTasks(actor);
  const all = sql`SELECT t.id, t.title, t.assigned_to_id FROM tasks t WHERE ${visible} AND t.status = 'blocked'`;
  if (limit === undefined) return all;
  // The outer limit applies; the inner constant keeps the planner from assuming a tenth of the table.
  return sql`SELECT * FROM (${all} ORDER BY t.id LIMIT ${raw(String(MAX_BLOCKED))}) t LIMIT ${planOpaque(limit, 'int')}`;
}

const OWN = ['total', 'pending', 'in_progress', 'blocked', 'completed', 'timed', 'timed_estimated', 'timed_actual'];
const TEAM = ['total', 'completed', 'blocked', 'low', 'medium', 'high', 'critical', 'blocked_changes'];

function overview(actor: Actor, now: Date, { tooLong, json }: BlockedList): Sql {
  const assignees = assigneesOf(visibleTasks(actor));
  const own = sql`t.assigned_to_id = ${planOpaque(actor.id, 'int')}`;
  const shown = join([overdueCount(now), own, ...shownRecords(actor, 'task', 't.id')], ' AND ');
  const late = sql`SELECT count(*) AS overdue FROM tasks t WHERE ${shown}`;
  const mine = isNarrowed(actor)
    ? sql`SELECT ${counts()} FROM tasks t WHERE ${visibleLiveTasks(actor)} AND ${own}`
    : summed(OWN, [actor.id]);
  const all = assignees
    ? summed(TEAM, assignees)
    : sql`SELECT ${counts()}, 0 AS blocked_changes FROM tasks t WHERE ${visibleLiveTasks(actor)}`;
  return sql`WITH ${PENDING_DELTAS}, mine AS (${mine}), late AS (${late}), team AS (${all})
    SELECT json_build_object(
      'my_tasks', json_build_object('total', f.total, 'completed', f.completed, 'pending', f.pending,
        'in_progress', f.in_progress, 'blocked', f.blocked, 'by_status', ${BY_STATUS}, 'overdue_count', late.overdue,
        'avg_completion_time', CASE WHEN f.timed > 0 THEN ${quotient('f.timed_actual', 'f.timed')} || ' hours' END),
      'team_tasks', json_build_object('total', team.total, 'completed', team.completed,
        'priority_distribution', json_build_object('low', team.low, 'medium', team.medium, 'high', team.high,
          'critical', team.critical),
        'blocked_tasks_needing_attention', CASE WHEN list.streamed THEN ${PLACEHOLDER_SQL} ELSE ${json} END),
      'efficiency_score', ${EFFICIENCY})::text AS json, ${BLOCKED_TASKS_VERSION} AS version,
      list.streamed, (SELECT count(*)::int FROM fresh) AS fresh
    FROM mine f, late, team, LATERAL (SELECT ${tooLong} AS streamed OFFSET 0) list`;
}

/** Condition of overdue tasks, which depends on the clock, so that no rollup can hold it. */
export function overdueCount(now: Date): Sql {
  return sql`t.deleted_at IS NULL AND t.status <> 'completed' AND t.deadline < ${planOpaque(now, 'timestamptz')}`;
}

/**
 * Divides two non-negative SQL numbers, rounded half up to two places. Counts whole hundredths, since a quotient of `/`
 * would be rounded twice.
 */
function quotient(dividend: string, divisor: string): Sql {
  return raw(`round(div(200 * (${dividend}) + (${divisor}), 2 * (${divisor})) / 100, 2)`);
}

export const BY_STATUS = sql`json_build_object('pending', f.pending, 'in_progress', f.in_progress, 'blocked', f.blocked,
  'completed', f.completed)`;

export const COMPLETION_RATE = sql`CASE WHEN f.total = 0 THEN 0.00 ELSE ${quotient('100 * f.completed', 'f.total')} END`;

/** Contract, section 4, as one fraction: completion rate × 0.6 + time efficiency × 0.4, rounded once. */
export const EFFICIENCY = sql`CASE WHEN f.timed_actual > 0 THEN ${quotient(
  '60 * f.completed * f.timed_actual + 40 * least(f.timed_estimated, f.timed_actual) * f.total',
  'f.total * f.timed_actual',
)} ELSE ${COMPLETION_RATE} END`;
