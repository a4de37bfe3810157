import sql, { type Sql } from 'sql-template-tag';
import { inScope, type PolicySubject } from '../core/authorization/policy.js';
import { anyOfIds } from '../core/persistence/prepared-statements.js';
import { type Task } from './task.entity.js';
import { visibleTasks } from './task.policy.js';

/** Statements that lock have no alias of the table. */
const LOCKED_COLUMNS = { assigneeId: 'tasks.assigned_to_id', id: 'tasks.id' } as const;

/** Condition on those of the tasks that the actor sees: a request that ends in 404 locks and loads nothing. */
export const seenAmong = (actor: PolicySubject, ids: readonly number[]): Sql =>
  sql`tasks.id ${anyOfIds(ids)} AND ${inScope(visibleTasks(actor), LOCKED_COLUMNS)}`;

/**
 * Ancestors and descendants of those of the tasks that the actor sees, themselves included. `OFFSET 0` keeps
 * each step an index look-up: as a join, the recursion would read the whole table where many tasks are asked for.
 */
export function hierarchyIds(actor: PolicySubject, ids: readonly number[]): Sql {
  return sql`WITH RECURSIVE named AS (
      SELECT id, parent_task_id FROM tasks WHERE ${seenAmong(actor, ids)}
    ), up AS (
      SELECT id, parent_task_id FROM named
      UNION SELECT t.id, t.parent_task_id FROM up,
        LATERAL (SELECT id, parent_task_id FROM tasks WHERE id = up.parent_task_id OFFSET 0) t
    ), down AS (
      SELECT id FROM named
      UNION SELECT t.id FROM down, LATERAL (SELECT id FROM tasks WHERE parent_task_id = down.id OFFSET 0) t
    )
    SELECT id FROM up UNION SELECT id FROM down`;
}

export type DescriptionOf = Pick<Task, 'id' | 'description'>;

/** Of those of the tasks that the actor sees. */
export const descriptionsSql = (actor: PolicySubject, ids: readonly number[]): Sql =>
  sql`SELECT id, description FROM tasks WHERE ${seenAmong(actor, ids)}`;

export const lengthOfDescriptionsSql = (ids: readonly number[]): Sql =>
  sql`SELECT coalesce(sum(char_length(description)), 0)::float8 AS length FROM tasks WHERE id ${anyOfIds(ids)}`;
