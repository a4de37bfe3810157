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

/** A restoration takes all: they were deleted in one change, and none of them can be changed before. */
export const limitOf = (below: Below): number => (below === 'deleted_together' ? 1_000_000_000 : MAX_CONCERNED);

/** How the recursion finds the concerned tasks below those that change. */
interface Descent {
  /** Condition on a task that changes, `named`: it concerns some below it. */
  readonly starts: Sql;
  /** Condition on a task `below` that one of its parent, `down`, concerns. */
  readonly concerned: Sql;
  /** Condition on such a task: it concerns some below it, too. */
  readonly goesOn: Sql;
}

const always = sql`true`;
const DESCENTS: Record<Below, Descent> = {
  none: { starts: sql`false`, concerned: always, goesOn: always },
  // One in progress or blocked ends the completion.
  unfinished: {
    starts: sql`status <> 'completed'`,
    concerned: sql`below.deleted_at IS NULL AND below.status <> 'completed'`,
    goesOn: sql`status = 'pending'`,
  },
  live: { starts: always, concerned: sql`below.deleted_at IS NULL`, goesOn: always },
  deleted_together: { starts: always, concerned: sql`below.deleted_at = down.deleted_at`, goesOn: always },
};

/**
 * Finds those of the tasks that the actor sees, with their ancestors and the concerned tasks below; more than `limitOf`
 * where there are more. `OFFSET 0` keeps each step an index look-up: as a join, the recursion would read the whole table where many
 * tasks are asked for. So does the range, where statistics know few parents of nearly all tasks (decision 213).
 */
function concerned(actor: PolicySubject, { ids, parentId, below }: Concerned): Sql {
  const { starts, concerned: isConcerned, goesOn } = DESCENTS[below];
  const named = parentId ? [...ids, parentId] : ids;
  const limit = limitOf(below);
  return sql`WITH RECURSIVE named AS (
      SELECT id, parent_task_id, deleted_at, status FROM tasks WHERE ${seenAmong(actor, named)}
    ), up AS (
      SELECT id, parent_task_id FROM named
      UNION SELECT above.id, above.parent_task_id FROM up,
        LATERAL (SELECT id, parent_task_id FROM tasks WHERE id = up.parent_task_id OFFSET 0) above
    ), down AS (
      SELECT id, deleted_at, ${starts} AS goes_on FROM named WHERE id ${anyOfIds(ids)}
      UNION SELECT below.id, below.deleted_at, below.goes_on FROM down,
        LATERAL (SELECT id, deleted_at, ${goesOn} AS goes_on FROM tasks below WHERE parent_task_id = down.id
          AND parent_task_id BETWEEN down.id AND down.id AND ${isConcerned} OFFSET 0) below
        WHERE down.goes_on
    ), concerned AS MATERIALIZED (
      (SELECT id FROM up LIMIT ${raw(String(limit + 1))})
      -- A task may be there twice, as one that changes and as one below another.
      UNION (SELECT id FROM down LIMIT ${raw(String(2 * limit + 1))})
    )`;
}

/** The ids of the tasks that a change concerns. */
export const concernedIds = (actor: PolicySubject, tasks: Concerned): Sql =>
  sql`${concerned(actor, tasks)} SELECT id FROM concerned`;

/** Condition on the tasks that a change concerns; on none where it concerns too many. */
export const concernedTasks = (actor: PolicySubject, tasks: Concerned): Sql =>
  sql`id = ANY(ARRAY(${concerned(actor, tasks)}
    SELECT id FROM concerned WHERE (SELECT count(*) FROM concerned) <= ${raw(String(limitOf(tasks.below)))}))`;

export type DescriptionOf = Pick<Task, 'id' | 'description'>;

/** Of those of the tasks that the actor sees. */
export const descriptionsSql = (actor: PolicySubject, ids: readonly number[]): Sql =>
  sql`SELECT id, description FROM tasks WHERE ${seenAmong(actor, ids)}`;

export const lengthOfDescriptionsSql = (ids: readonly number[]): Sql =>
  sql`SELECT coalesce(sum(char_length(description)), 0)::float8 AS length FROM tasks WHERE id ${anyOfIds(ids)}`;
