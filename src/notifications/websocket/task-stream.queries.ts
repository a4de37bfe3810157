import { Injectable } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { inScope, type Scope } from '../../core/authorization/policy.js';
import { Database } from '../../infrastructure/database/database.js';
import { TASK_COLUMNS, type TaskAttributes } from '../../tasks/task.policy.js';
import { type TaskChange } from './task-change.js';

/** The columns of `TASK_COLUMNS` as they were before the change, `c`. */
const COLUMNS_BEFORE = {
  ...TASK_COLUMNS,
  assigneeId: 'coalesce(c.assigned_to, t.assigned_to_id)',
  priority: 'coalesce(c.priority, t.priority)',
};

/** For one change, the positions of the scopes that the task is within now, and was within before the change. */
export interface Visibility {
  readonly change: number;
  readonly now: readonly number[];
  readonly before: readonly number[];
  /** True where the task was deleted since: its deletion follows, and goes to the scopes that it was within last. */
  readonly deletedSince: boolean;
}

/** Returns a text that is equal for equal scopes, those of narrowings included. */
export function scopeKey(scope: Scope<TaskAttributes>): string {
  const { text, values } = inScope(scope, TASK_COLUMNS);
  return JSON.stringify([text, values]);
}

/** Judges who may see changed tasks. */
@Injectable()
export class TaskStreamQueries {
  constructor(private readonly database: Database) {}

  /**
   * Evaluates scopes on changed tasks, in one statement for all of them. The deletion of a task that was restored since is
   * left out, as the later change follows.
   */
  visibility(changes: readonly TaskChange[], scopes: readonly Scope<TaskAttributes>[]): Promise<Visibility[]> {
    const rows = changes.map(({ taskId, change, before: values }, position) => ({
      position,
      id: taskId,
      deleted: change === 'deleted',
      ...values,
    }));
    const changesScopes = changes.some(({ before }) => Object.keys(before).length > 0);
    const before = changesScopes ? positionsOf(scopes, COLUMNS_BEFORE) : sql`'{}'::int[]`;
    // Planned each time: its text depends on the number of scopes.
    return this.database.rows<Visibility>(
      sql`SELECT c.position AS change, ${positionsOf(scopes, TASK_COLUMNS)} AS now, ${before} AS before,
        NOT c.deleted AND t.deleted_at IS NOT NULL AS "deletedSince"
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS c(position int, id int, deleted boolean, assigned_to int, priority text),
        LATERAL (SELECT * FROM tasks WHERE id = c.id OFFSET 0) t
      WHERE NOT c.deleted OR t.deleted_at IS NOT NULL ORDER BY c.position`,
      'custom',
    );
  }
}

/** Renders an array of the positions of those scopes that a row is within. */
function positionsOf(
  scopes: readonly Scope<TaskAttributes>[],
  columns: typeof TASK_COLUMNS | typeof COLUMNS_BEFORE,
): Sql {
  const cases = scopes.map(
    (scope, position) => sql`CASE WHEN ${inScope(scope, columns)} THEN ${raw(String(position))} END`,
  );
  return sql`array_remove(ARRAY[${join(cases)}]::int[], NULL)`;
}
