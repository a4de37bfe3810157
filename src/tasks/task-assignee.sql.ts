import sql, { join, type Sql } from 'sql-template-tag';
import { shownRecords } from '../core/authorization/restriction.sql.js';
import { isForeignKeyViolation } from '../core/http/database-errors.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type Task } from './task.entity.js';
import { assigneeInactive, assigneeNotFound } from './tasks.problems.js';

/**
 * Returned by the statement that assigns a task, which saves a round trip for the check; null for users who are hidden. Waits
 * for a change of the user that is under way: it may disable the user.
 */
export function assigneeState(isActive: Sql = sql`is_active`): Sql {
  return sql`(SELECT ${isActive} FROM users u WHERE u.id = assigned_to_id FOR KEY SHARE) AS "assigneeIsActive"`;
}

/** Hides users by what narrows the principal, so that a task can be assigned to known users only. */
export function knownAssigneeState({ principal }: AuditedTransaction): Sql {
  const shown = shownRecords(principal, 'user', 'u.id');
  return assigneeState(shown.length > 0 ? sql`CASE WHEN ${join(shown, ' AND ')} THEN is_active END` : undefined);
}

/**
 * Relies on the foreign key instead of a look-up of its own.
 *
 * @throws Problem 404 `assignee_not_found`
 */
export async function assertAssigneeExists<T>(assigneeId: number | undefined, write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (!isForeignKeyViolation(error, 'tasks_assigned_to_id_fkey')) throw error;
    throw assigneeNotFound(assigneeId);
  }
}

/** @throws Problem 409 `assignee_inactive`, 404 `assignee_not_found` for one whom the principal does not know of */
export function assertAssigneeActive(task: Task & { readonly assigneeIsActive?: boolean | null }): void {
  if (task.assigneeIsActive === null) throw assigneeNotFound(task.assigneeId);
  if (task.assigneeIsActive === false) throw assigneeInactive(task.assigneeId);
}
