import sql from 'sql-template-tag';
import { type Actor, type Principal } from '../core/authorization/actor.js';
import { isForeignKeyViolation } from '../core/http/database-errors.js';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { type Priority, type Task } from './task.entity.js';
import { type TaskAttributes } from './task.policy.js';
import { type TaskPatch } from './tasks.dto.js';
import { TaskProblem } from './tasks.events.js';

/** Read with the row that is written, so that it costs no statement. */
export const ASSIGNEE_STATE = sql`(SELECT is_active FROM users u WHERE u.id = assigned_to_id) AS "assigneeIsActive"`;

/** @throws Problem 409 for a task that was just given to a disabled user */
export function assertAssigneeActive(task: Task & { readonly assigneeIsActive?: boolean }): void {
  if (task.assigneeIsActive !== false) return;
  throw TaskProblem.assignee_inactive(
    `User ${task.assigneeId} is disabled, so no task can be given to them: choose another user, or let a manager enable them`,
  );
}

/** Who made a task critical, where its priority changes. */
export function criticalGivenBy(
  { role }: Pick<Principal, 'role'>,
  task: Task | undefined,
  to?: Priority,
): Partial<Task> {
  if (to === undefined || to === task?.priority) return {};
  return { criticalGivenBy: to === 'critical' ? role : null };
}

/** A refusal at night of a task that is critical says why that is not enough. */
export function explainCriticalException(
  { criticalException }: Actor,
  task: TaskAttributes,
  problem: Problem,
): Problem {
  if (problem.code !== 'outside_working_hours' || task.priority !== 'critical') return problem;
  const { givenBy } = criticalException ?? {};
  const why =
    givenBy === 'manager' && task.criticalGivenBy !== 'manager'
      ? 'that a task is critical counts outside of them only where a manager made it so'
      : 'outside of them a critical task may be changed, but not deleted, nor change others that are not critical';
  return CoreProblem.outside_working_hours(`${problem.detail}; ${why}`, problem.extras);
}

/**
 * The database looks for the assignee anyway, so nobody asks it before.
 *
 * @throws Problem 404 naming the assignee that is not there
 */
export async function withAssignee<T>({ assigned_to }: TaskPatch, writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    if (!isForeignKeyViolation(error, 'tasks_assigned_to_id_fkey')) throw error;
    throw TaskProblem.assignee_not_found(`Assigned user ${assigned_to} not found`);
  }
}
