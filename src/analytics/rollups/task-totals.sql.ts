import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Scope } from '../../core/authorization/policy.js';
import { type TaskAttributes } from '../../tasks/task.policy.js';

const COUNTS = [
  'total',
  'pending',
  'in_progress',
  'blocked',
  'completed',
  'low',
  'medium',
  'high',
  'critical',
  'timed',
] as const;
const HOURS = ['estimated', 'actual', 'timed_estimated', 'timed_actual'] as const;

/** Columns with figures of tasks that are not deleted; `timed…` count completed tasks with actual hours. */
export const FIGURES: readonly string[] = [...COUNTS, ...HOURS];

/** All columns that are summed: the figures, and the version of the list of blocked tasks. */
export const ADDED: readonly string[] = [...FIGURES, 'blocked_changes'];

/** Assignee id of the row with the totals of all tasks; ids of users start at 1. */
export const EVERYONE = 0;

/** The assignees whose tasks make up a scope. */
export type Assignees = readonly number[] | 'everyone';

/** @returns undefined for a scope that has other conditions than the assignee, so that its tasks have to be counted */
export function assigneesOf(scope: Scope<TaskAttributes>): Assignees | undefined {
  if (scope.some((condition) => Object.keys(condition).length === 0)) return 'everyone';
  const ids = scope.map((condition) => (Object.keys(condition).length === 1 ? condition.assigneeId : undefined));
  return ids.every((id) => typeof id === 'number') ? [...new Set(ids)] : undefined;
}

/**
 * Transaction id below which all deltas are compacted, so that reads skip dead rows. The value of another run of the
 * server is ignored, since its transaction ids may be of another database.
 */
const COMPACTED_BEFORE = sql`coalesce((SELECT folded_before FROM task_totals WHERE assignee_id = ${EVERYONE}
  AND folded_on = pg_postmaster_start_time()), '0'::xid8)`;

/** The pending deltas, first member of a `WITH`. */
export const PENDING_DELTAS = sql`fresh AS (SELECT * FROM task_deltas WHERE xact >= ${COMPACTED_BEFORE})`;

/** Selects exact figures of several assignees as one row, in a statement that begins with `PENDING_DELTAS`. */
export function summed(names: readonly string[], assignees: Assignees): Sql {
  const columns = raw(names.join(', '));
  const [kept, fresh] = assignees === 'everyone' ? [of([EVERYONE]), sql`TRUE`] : [of(assignees), of(assignees)];
  return sql`SELECT ${sums(names)} FROM (SELECT ${columns} FROM task_totals WHERE ${kept}
    UNION ALL SELECT ${columns} FROM fresh WHERE ${fresh}) parts`;
}

/** Selects figures of each assignee with tasks, in a statement that begins with `PENDING_DELTAS`. */
export function summedEach(names: readonly string[], assignees: Assignees): Sql {
  const columns = raw(['assignee_id', ...names].join(', '));
  const these = assignees === 'everyone' ? sql`assignee_id <> ${EVERYONE}` : of(assignees);
  return sql`SELECT assignee_id, ${sums(names)} FROM (SELECT ${columns} FROM task_totals
    UNION ALL SELECT ${columns} FROM fresh) parts WHERE ${these} GROUP BY assignee_id HAVING sum(total) > 0`;
}

/** Uses an equality for one id: the planner expects ten of an array and would plan every execution again. */
function of(assignees: readonly number[]): Sql {
  return assignees.length === 1 ? sql`assignee_id = ${assignees[0]}` : sql`assignee_id = ANY(${assignees}::int[])`;
}

/** Sums columns under their own names; 0 without rows. */
export function sums(names: readonly string[]): Sql {
  return join(names.map((name) => raw(`coalesce(sum(${name}), 0) AS ${name}`)));
}

/** Counts the same figures from the tasks `t` of a group, for other scopes and to reconcile the totals. */
export function counts(): Sql {
  const timed = `t.status = 'completed' AND t.actual_hours IS NOT NULL`;
  return raw(`count(*) AS total, count(*) FILTER (WHERE t.status = 'pending') AS pending,
    count(*) FILTER (WHERE t.status = 'in_progress') AS in_progress,
    count(*) FILTER (WHERE t.status = 'blocked') AS blocked, count(*) FILTER (WHERE t.status = 'completed') AS completed,
    count(*) FILTER (WHERE t.priority = 'low') AS low, count(*) FILTER (WHERE t.priority = 'medium') AS medium,
    count(*) FILTER (WHERE t.priority = 'high') AS high, count(*) FILTER (WHERE t.priority = 'critical') AS critical,
    count(*) FILTER (WHERE ${timed}) AS timed, coalesce(sum(t.estimated_hours), 0.00) AS estimated,
    coalesce(sum(t.actual_hours), 0.00) AS actual,
    coalesce(sum(t.estimated_hours) FILTER (WHERE ${timed}), 0.00) AS timed_estimated,
    coalesce(sum(t.actual_hours) FILTER (WHERE ${timed}), 0.00) AS timed_actual`);
}
