import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/actor.js';
import { Clock } from '../core/clock.js';
import { inScope } from '../core/scope.js';
import { Database } from '../database/database.js';
import { TASK_COLUMNS, visibleTasks, type TaskFacts } from '../tasks/task.policy.js';
import { USER_COLUMNS, visibleUsers } from '../users/user.policy.js';

/** The figures of today. Each is one statement, whatever the number of tasks, and obeys the policy by its scope. */
@Injectable()
export class AnalyticsQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @returns the `Overview` as JSON text */
  overview(me: Actor): Promise<string> {
    return this.json(overview(me, this.clock.now()));
  }

  /** @returns the `MemberFigures` of each person, in the order of ids, as JSON text */
  team(me: Actor): Promise<string> {
    return this.json(team(me, this.clock.now()));
  }

  private async json(statement: Sql): Promise<string> {
    return (await this.database.row<{ json: string }>(statement))?.json as string;
  }
}

/** The tasks that an actor's figures count. */
export function counted(me: Actor): Sql {
  return sql`t.deleted_at IS NULL AND ${inScope(visibleTasks(me), TASK_COLUMNS)}`;
}

function overview(me: Actor, now: Date): Sql {
  const own = inScope<TaskFacts>([{ assigneeId: me.id }], TASK_COLUMNS);
  return sql`WITH mine AS (SELECT ${figures(now)} FROM tasks t WHERE t.deleted_at IS NULL AND ${own}),
    team AS (SELECT count(*) AS total, count(*) FILTER (WHERE t.status = 'completed') AS completed,
        count(*) FILTER (WHERE t.priority = 'low') AS low, count(*) FILTER (WHERE t.priority = 'medium') AS medium,
        count(*) FILTER (WHERE t.priority = 'high') AS high, count(*) FILTER (WHERE t.priority = 'critical') AS critical
      FROM tasks t WHERE ${counted(me)}),
    blocked AS (SELECT coalesce(json_agg(json_build_object('id', t.id, 'title', t.title, 'assigned_to', t.assigned_to_id)
        ORDER BY t.id), '[]') AS tasks
      FROM tasks t WHERE ${counted(me)} AND t.status = 'blocked')
    SELECT json_build_object(
      'my_tasks', json_build_object('total', f.total, 'completed', f.completed, 'pending', f.pending,
        'in_progress', f.in_progress, 'blocked', f.blocked, 'by_status', ${BY_STATUS}, 'overdue_count', f.overdue,
        'avg_completion_time', CASE WHEN f.timed > 0 THEN ${quotient('f.timed_actual', 'f.timed')} || ' hours' END),
      'team_tasks', json_build_object('total', team.total, 'completed', team.completed,
        'priority_distribution', json_build_object('low', team.low, 'medium', team.medium, 'high', team.high,
          'critical', team.critical),
        'blocked_tasks_needing_attention', blocked.tasks),
      'efficiency_score', ${EFFICIENCY})::text AS json
    FROM mine f, team, blocked`;
}

function team(me: Actor, now: Date): Sql {
  const idle = sql`u.is_active AND u.role = 'developer' AND ${inScope(visibleUsers(me), USER_COLUMNS)}`;
  return sql`WITH figures AS (SELECT t.assigned_to_id, ${figures(now)} FROM tasks t WHERE ${counted(me)}
      GROUP BY t.assigned_to_id),
    member AS (SELECT u.id, u.username, u.role, u.is_active, coalesce(g.total, 0) AS total,
        coalesce(g.pending, 0) AS pending, coalesce(g.in_progress, 0) AS in_progress, coalesce(g.blocked, 0) AS blocked,
        coalesce(g.completed, 0) AS completed, coalesce(g.overdue, 0) AS overdue,
        coalesce(g.estimated, 0.00) AS estimated, coalesce(g.actual, 0.00) AS actual, g.timed_estimated, g.timed_actual
      FROM users u LEFT JOIN figures g ON g.assigned_to_id = u.id WHERE g.assigned_to_id IS NOT NULL OR (${idle}))
    SELECT coalesce(json_agg(json_build_object('user_id', f.id, 'username', f.username, 'role', f.role,
      'is_active', f.is_active, 'total', f.total, 'by_status', ${BY_STATUS}, 'completion_rate', ${COMPLETION_RATE},
      'overdue_count', f.overdue, 'estimated_hours', f.estimated::text, 'actual_hours', f.actual::text,
      'efficiency_score', ${EFFICIENCY}) ORDER BY f.id), '[]')::text AS json
    FROM member f`;
}

/** What is counted of a set of tasks `t`; `timed…` over those that are completed and have actual hours. */
function figures(now: Date): Sql {
  const timed = sql`FILTER (WHERE t.status = 'completed' AND t.actual_hours IS NOT NULL)`;
  return sql`count(*) AS total, count(*) FILTER (WHERE t.status = 'pending') AS pending,
    count(*) FILTER (WHERE t.status = 'in_progress') AS in_progress,
    count(*) FILTER (WHERE t.status = 'blocked') AS blocked, count(*) FILTER (WHERE t.status = 'completed') AS completed,
    count(*) FILTER (WHERE t.status <> 'completed' AND t.deadline < ${now}) AS overdue,
    sum(t.estimated_hours) AS estimated, sum(t.actual_hours) AS actual, count(*) ${timed} AS timed,
    sum(t.estimated_hours) ${timed} AS timed_estimated, sum(t.actual_hours) ${timed} AS timed_actual`;
}

/**
 * The quotient of two SQL numbers, neither negative, with two places, halves up. Whole steps of a hundredth are counted,
 * since a quotient that `/` has rounded already would be rounded twice.
 */
function quotient(dividend: string, divisor: string): Sql {
  return raw(`round(div(200 * (${dividend}) + (${divisor}), 2 * (${divisor})) / 100, 2)`);
}

const BY_STATUS = sql`json_build_object('pending', f.pending, 'in_progress', f.in_progress, 'blocked', f.blocked,
  'completed', f.completed)`;

const COMPLETION_RATE = sql`CASE WHEN f.total = 0 THEN 0.00 ELSE ${quotient('100 * f.completed', 'f.total')} END`;

/** Contract, section 4, as one fraction: completion rate × 0.6 + time efficiency × 0.4, rounded once. */
const EFFICIENCY = sql`CASE WHEN f.timed_actual > 0 THEN ${quotient(
  '60 * f.completed * f.timed_actual + 40 * least(f.timed_estimated, f.timed_actual) * f.total',
  'f.total * f.timed_actual',
)} ELSE ${COMPLETION_RATE} END`;
