import sql, { raw, type Sql } from 'sql-template-tag';
import { inScope, type PolicySubject } from '../core/authorization/policy.js';
import { anyOfIds } from '../core/persistence/prepared-statements.js';
import { type Task } from './task.entity.js';
import { visibleTasks } from './task.policy.js';

/** Statements that lock have no alias of the table. */
const LOCKED_COLUMNS = { assigneeId: 'tasks.assigned_to_id', id: 'tasks.id' } as const;

/** Condition on those of the tasks that the actor sees: a request that ends in 404 locks and loads nothing. */
export const seenAmong = (actor: PolicySubject, ids: readonly number[]): Sql =>
  sql`tasks.id ${anyOfIds(ids)} AND ${inScope(visibleTasks(actor), LOCKED_COLUMNS)}`;

/** Which tasks below the changed ones a change concerns. */
export type Below = 'none' | 'unfinished' | 'live' | 'deleted_together';

/** The tasks that a change concerns. */
export interface Concerned {
  /** Ids of the tasks that change. */
  readonly ids: readonly number[];
  /** The parent that they get. */
  readonly parentId?: number | null | undefined;
  readonly below: Below;
}

/** Tasks that one change may concern: so many are loaded and judged in one turn of the event loop. */
export const MAX_CONCERNED = 5000;

/** Conditions on a task `below` that one of its parent, `down`, concerns. */
const CONCERNED_BELOW: Record<Below, Sql> = {
  none: sql`false`,
  unfinished: sql`below.deleted_at IS NULL AND below.status <> 'completed'`,
  live: sql`below.deleted_at IS NULL`,
  deleted_together: sql`below.deleted_at = down.deleted_at`,
};

/**
 * Finds those of the tasks that the actor sees, with their ancestors and the concerned tasks below; more than `MAX_CONCERNED`
 * where there are more. `OFFSET 0` keeps each step an index look-up: as a join, the recursion would read the whole table where many
 * tasks are asked for. So does the range, where statistics know few parents of nearly all tasks (decision 213).
 */
function concerned(actor: PolicySubject, { ids, parentId, below }: Concerned): Sql {
  const named = parentId ? [...ids, parentId] : ids;
  const oneMore = raw(String(MAX_CONCERNED + 1));
  return sql`WITH RECURSIVE named AS (
      SELECT id, parent_task_id, deleted_at FROM tasks WHERE ${seenAmong(actor, named)}
    ), up AS (
      SELECT id, parent_task_id FROM named
      UNION SELECT above.id, above.parent_task_id FROM up,
        LATERAL (SELECT id, parent_task_id FROM tasks WHERE id = up.parent_task_id OFFSET 0) above
    ), down AS (
      SELECT id, deleted_at FROM named WHERE id ${anyOfIds(ids)}
      UNION SELECT below.id, below.deleted_at FROM down,
        LATERAL (SELECT id, deleted_at FROM tasks below WHERE parent_task_id = down.id
          AND parent_task_id BETWEEN down.id AND down.id AND ${CONCERNED_BELOW[below]} OFFSET 0) below
    ), concerned AS MATERIALIZED (
      (SELECT id FROM up LIMIT ${oneMore}) UNION (SELECT id FROM down LIMIT ${oneMore})
    )`;
}

/** The ids of the tasks that a change concerns. */
export const concernedIds = (actor: PolicySubject, tasks: Concerned): Sql =>
  sql`${concerned(actor, tasks)} SELECT id FROM concerned`;

/** Condition on the tasks that a change concerns; on none where it concerns too many. */
export const concernedTasks = (actor: PolicySubject, tasks: Concerned): Sql =>
  sql`id = ANY(ARRAY(${concerned(actor, tasks)}
    SELECT id FROM concerned WHERE (SELECT count(*) FROM concerned) <= ${raw(String(MAX_CONCERNED))}))`;

export type DescriptionOf = Pick<Task, 'id' | 'description'>;

/** Of those of the tasks that the actor sees. */
export const descriptionsSql = (actor: PolicySubject, ids: readonly number[]): Sql =>
  sql`SELECT id, description FROM tasks WHERE ${seenAmong(actor, ids)}`;

export const lengthOfDescriptionsSql = (ids: readonly number[]): Sql =>
  sql`SELECT coalesce(sum(char_length(description)), 0)::float8 AS length FROM tasks WHERE id ${anyOfIds(ids)}`;
