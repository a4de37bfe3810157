import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Scope } from '../../core/authorization/policy.js';
import { type TaskAttributes } from '../../tasks/task.policy.js';

const COUNTS = [
  ...['total', 'pending', 'in_progress', 'blocked', 'completed', 'low', 'medium', 'high', 'critical', 'timed'],
] as const;
const HOURS = ['estimated', 'actual', 'timed_estimated', 'timed_actual'] as const;

/** What is kept of live tasks, by the names of the columns; `timed…` of completed ones with actual hours. */
export const FIGURES: readonly string[] = [...COUNTS, ...HOURS];

/** All that adds up, the version of the list of blocked tasks too. */
export const ADDED: readonly string[] = [...FIGURES, 'blocked_changes'];

/** Whose row of the totals is that of all. Ids of users begin at 1. */
export const EVERYONE = 0;

/** Whose tasks make up a scope. */
export type Assignees = readonly number[] | 'everyone';

/** @returns undefined for a scope that does not only go by the assignee: its tasks have to be counted */
export function assigneesOf(scope: Scope<TaskAttributes>): Assignees | undefined {
  if (scope.some((condition) => Object.keys(condition).length === 0)) return 'everyone';
  const ids = scope.map((condition) => (Object.keys(condition).length === 1 ? condition.assigneeId : undefined));
  return ids.every((id) => typeof id === 'number') ? [...new Set(ids)] : undefined;
}

/**
 * Below it nothing is left to fold, and so nothing to read but rows that are dead already. What another run of the server
 * said counts for nothing: its transactions were others.
 */
const HORIZON = sql`coalesce((SELECT folded_before FROM task_totals WHERE assignee_id = ${EVERYONE}
  AND folded_on = pg_postmaster_start_time()), '0'::xid8)`;

/** What is not folded yet; comes first in a `WITH`. */
export const PENDING_DELTAS = sql`fresh AS (SELECT * FROM task_deltas WHERE xact >= ${HORIZON})`;

/** Figures of some assignees together, as one row, in a statement that begins with `PENDING_DELTAS`: as exact as a count. */
export function summed(names: readonly string[], assignees: Assignees): Sql {
  const columns = raw(names.join(', '));
  const [kept, fresh] = assignees === 'everyone' ? [of([EVERYONE]), sql`TRUE`] : [of(assignees), of(assignees)];
  return sql`SELECT ${sums(names)} FROM (SELECT ${columns} FROM task_totals WHERE ${kept}
    UNION ALL SELECT ${columns} FROM fresh WHERE ${fresh}) parts`;
}

/** Figures of each assignee who has tasks, in a statement that begins with `PENDING_DELTAS`. */
export function summedEach(names: readonly string[], assignees: Assignees): Sql {
  const columns = raw(['assignee_id', ...names].join(', '));
  const these = assignees === 'everyone' ? sql`assignee_id <> ${EVERYONE}` : of(assignees);
  return sql`SELECT assignee_id, ${sums(names)} FROM (SELECT ${columns} FROM task_totals
    UNION ALL SELECT ${columns} FROM fresh) parts WHERE ${these} GROUP BY assignee_id HAVING sum(total) > 0`;
}

/** One is an equality: PostgreSQL expects ten of an array, and would plan each statement anew to know better. */
function of(assignees: readonly number[]): Sql {
  return assignees.length === 1 ? sql`assignee_id = ${assignees[0]}` : sql`assignee_id = ANY(${assignees}::int[])`;
}

/** Each of these columns added up under its own name; 0 where there is none. */
export function sums(names: readonly string[]): Sql {
  return join(names.map((name) => raw(`coalesce(sum(${name}), 0) AS ${name}`)));
}

/** The same figures by a count of the tasks `t` of a group, for what the totals cannot say and to check them. */
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
