import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor } from '../core/actor.js';
import { Clock } from '../core/clock.js';
import { inScope } from '../core/scope.js';
import { Database } from '../database/database.js';
import { TASK_COLUMNS, visibleTasks } from '../tasks/task.policy.js';

export interface Span {
  readonly from: string;
  readonly to: string;
  readonly bucket: 'day' | 'week';
}

const BY_STATUS = sql`json_build_object(
  'pending', count(t.id) FILTER (WHERE t.status = 'pending'),
  'in_progress', count(t.id) FILTER (WHERE t.status = 'in_progress'),
  'blocked', count(t.id) FILTER (WHERE t.status = 'blocked'),
  'completed', count(t.id) FILTER (WHERE t.status = 'completed'))`;

const BY_PRIORITY = sql`json_build_object(
  'low', count(*) FILTER (WHERE t.priority = 'low'), 'medium', count(*) FILTER (WHERE t.priority = 'medium'),
  'high', count(*) FILTER (WHERE t.priority = 'high'), 'critical', count(*) FILTER (WHERE t.priority = 'critical'))`;

const COMPLETION_RATE = sql`coalesce(100.0 * count(t.id) FILTER (WHERE t.status = 'completed') / nullif(count(t.id), 0), 0)`;

/** Contract, section 4. Estimated over actual hours of completed tasks; null where no hours were spent. */
const TIME_EFFICIENCY = sql`100 * least(
    sum(t.estimated_hours) FILTER (WHERE t.status = 'completed' AND t.actual_hours IS NOT NULL),
    sum(t.actual_hours) FILTER (WHERE t.status = 'completed'))
  / nullif(sum(t.actual_hours) FILTER (WHERE t.status = 'completed'), 0)`;

const EFFICIENCY = sql`round(coalesce(${COMPLETION_RATE} * 0.6 + ${TIME_EFFICIENCY} * 0.4, ${COMPLETION_RATE}), 2)`;

function overdue(now: Date): Sql {
  return sql`count(t.id) FILTER (WHERE t.status <> 'completed' AND t.deadline < ${now})`;
}

/** Reports, each one statement whatever the number of tasks, answered as JSON text. They obey the policy of the lists. */
@Injectable()
export class AnalyticsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Your own tasks, and those of the team: everyone for managers and auditors, yourself for developers. */
  overview(me: Actor): Promise<string> {
    return this.json(sql`SELECT json_build_object(
        'my_tasks', (SELECT json_build_object('total', count(*),
            'completed', count(*) FILTER (WHERE t.status = 'completed'), 'pending', count(*) FILTER (WHERE t.status = 'pending'),
            'in_progress', count(*) FILTER (WHERE t.status = 'in_progress'), 'blocked', count(*) FILTER (WHERE t.status = 'blocked'),
            'by_status', ${BY_STATUS}, 'overdue_count', ${overdue(this.clock.now())},
            'avg_completion_time', to_char(avg(t.actual_hours) FILTER (WHERE t.status = 'completed'), 'FM999990.00') || ' hours')
          FROM tasks t WHERE t.deleted_at IS NULL AND t.assigned_to_id = ${me.id}),
        'team_tasks', (SELECT json_build_object('total', count(*), 'completed', count(*) FILTER (WHERE t.status = 'completed'),
            'priority_distribution', ${BY_PRIORITY},
            'blocked_tasks_needing_attention', coalesce(json_agg(
              json_build_object('id', t.id, 'title', t.title, 'assigned_to', t.assigned_to_id) ORDER BY t.id)
              FILTER (WHERE t.status = 'blocked'), '[]'))
          FROM tasks t WHERE t.deleted_at IS NULL AND ${inScope(visibleTasks(me), TASK_COLUMNS)}),
        'efficiency_score', (SELECT ${EFFICIENCY} FROM tasks t WHERE t.deleted_at IS NULL AND t.assigned_to_id = ${me.id})
      )::text AS json`);
  }

  /** Per person: whoever has visible tasks and, for those who see everyone's, developers without any. */
  team(me: Actor): Promise<string> {
    const everyone = me.role === 'developer' ? sql`u.id = ${me.id}` : sql`(u.role = 'developer' AND u.is_active)`;
    return this.json(sql`SELECT coalesce(json_agg(person ORDER BY user_id), '[]')::text AS json FROM (
        SELECT u.id AS user_id, json_build_object('user_id', u.id, 'username', u.username, 'role', u.role, 'is_active', u.is_active,
          'total', count(t.id), 'by_status', ${BY_STATUS}, 'completion_rate', round(${COMPLETION_RATE}, 2),
          'overdue_count', ${overdue(this.clock.now())},
          'estimated_hours', to_char(coalesce(sum(t.estimated_hours), 0), 'FM9999999990.00'),
          'actual_hours', to_char(coalesce(sum(t.actual_hours), 0), 'FM9999999990.00'), 'efficiency_score', ${EFFICIENCY}) AS person
        FROM users u LEFT JOIN tasks t ON t.assigned_to_id = u.id AND t.deleted_at IS NULL AND ${inScope(visibleTasks(me), TASK_COLUMNS)}
        GROUP BY u.id HAVING count(t.id) > 0 OR ${everyone}) people`);
  }

  /**
   * By day or week of the actor's zone. What is overdue at the end of a bucket is counted from events, a deadline that
   * passed unmet (+1) and its late completion (−1), so that no bucket reads the table again.
   */
  trends(me: Actor, { from, to, bucket }: Span): Promise<string> {
    const now = this.clock.now();
    const zone = me.timeZone;
    const step = `1 ${bucket}`;
    return this.json(sql`WITH days AS (
        SELECT d::date AS start, d AT TIME ZONE ${zone} AS opens, (d + ${step}::interval) AT TIME ZONE ${zone} AS closes
        FROM generate_series(date_trunc(${bucket}, ${from}::timestamp), ${to}::timestamp, ${step}::interval) d
      ), visible AS (
        SELECT t.created_at, t.completed_at, t.deadline FROM tasks t
        WHERE t.deleted_at IS NULL AND ${inScope(visibleTasks(me), TASK_COLUMNS)}
      ), events AS (
        SELECT created_at AS at, 1 AS created, 0 AS completed, 0 AS late FROM visible
        UNION ALL SELECT completed_at, 0, 1, 0 FROM visible WHERE completed_at IS NOT NULL
        UNION ALL SELECT deadline, 0, 0, 1 FROM visible WHERE deadline < coalesce(completed_at, ${now})
        UNION ALL SELECT completed_at, 0, 0, -1 FROM visible WHERE completed_at > deadline
      ), per_bucket AS (
        SELECT date_trunc(${bucket}, greatest(at AT TIME ZONE ${zone}, ${from}::timestamp - interval '7 days'))::date AS start,
          sum(created) AS created, sum(completed) AS completed, sum(late) AS late
        FROM events GROUP BY 1
      ), before AS (
        SELECT coalesce(sum(late), 0) AS late FROM per_bucket WHERE start < (SELECT min(start) FROM days)
      )
      SELECT json_build_object('from', ${from}::text, 'to', ${to}::text, 'bucket', ${bucket}::text, 'buckets', (
        SELECT json_agg(json_build_object('start', start, 'created', created, 'completed', completed,
          'overdue', CASE WHEN opens > ${now} THEN 0 ELSE overdue END,
          'throughput', round(completed::numeric / ${bucket === 'week' ? 7 : 1}, 2)) ORDER BY start)
        FROM (SELECT d.start, d.opens, coalesce(p.created, 0) AS created, coalesce(p.completed, 0) AS completed,
            (SELECT late FROM before) + sum(coalesce(p.late, 0)) OVER (ORDER BY d.start) AS overdue
          FROM days d LEFT JOIN per_bucket p USING (start)) buckets))::text AS json`);
  }

  private async json(statement: Sql): Promise<string> {
    return (await this.database.row<{ json: string }>(statement))?.json ?? 'null';
  }
}
