import sql from 'sql-template-tag';
import { type Role } from '../../src/core/authorization/actor.js';
import { type TestApp } from './app.js';

let counter = 0;

/** A user as a row. */
export interface UserRow {
  readonly id: number;
  readonly username: string;
  readonly role: Role;
}

/** A verified, active user who has no password that anybody knows. */
export async function aUser(
  app: TestApp,
  role: Role,
  given: { timezone?: string; username?: string; hash?: string } = {},
): Promise<UserRow> {
  const username = given.username ?? `${role}${++counter}`;
  const [user] =
    await app.rows<UserRow>(sql`INSERT INTO users (username, email, hashed_password, role, timezone, email_verified)
    VALUES (${username}, ${`${username}@example.org`}, ${given.hash ?? '!'}, ${role}, ${given.timezone ?? 'UTC'}, true)
    RETURNING id, username, role`);
  return user as UserRow;
}

/** A task as a row. */
export interface TaskRow {
  readonly id: number;
}

interface TaskGiven {
  title?: string;
  status?: string;
  priority?: string;
  parent?: number;
  estimated?: string;
  actual?: string;
  deadline?: Date | string;
  created?: Date | string;
  completed?: Date | string;
  deleted?: Date | string;
}

/** A task as a row, past the rules: for states that a test starts from. */
export async function aTask(app: TestApp, assignee: number, given: TaskGiven = {}): Promise<TaskRow> {
  const status = given.status ?? 'pending';
  const created = given.created ?? new Date();
  const completed = status === 'completed' ? (given.completed ?? created) : null;
  const [task] =
    await app.rows<TaskRow>(sql`INSERT INTO tasks (title, status, priority, assigned_to_id, created_by_id, parent_task_id,
      estimated_hours, actual_hours, deadline, created_at, updated_at, completed_at, deleted_at)
    VALUES (${given.title ?? `Task ${++counter}`}, ${status}, ${given.priority ?? 'medium'}, ${assignee}, ${assignee}, ${given.parent ?? null},
      ${given.estimated ?? '8.00'}, ${given.actual ?? null}, ${given.deadline ?? '2100-01-01T00:00:00Z'}, ${created}, ${created}, ${completed}, ${given.deleted ?? null})
    RETURNING id`);
  return task as TaskRow;
}
