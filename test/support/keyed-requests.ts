import sql from 'sql-template-tag';
import { as, type TestActor } from './actors.js';
import { type TestApp } from './app.js';

interface Parties {
  readonly app: TestApp;
  readonly manager: TestActor;
  readonly developer: TestActor;
}

/** Effects of a request that was done once. */
export const ONCE = { tasks: 1, entries: 1, notifications: 1 };

/**
 * Creations of tasks under an `Idempotency-Key`, and what they leave behind.
 *
 * @param parties called at each use, so that a spec can start its app later
 */
export function keyedCreations(parties: () => Parties) {
  let count = 0;
  const newKey = () => `key-${++count}`;
  const withKey = (key: string, more: Record<string, string> = {}) => ({ 'Idempotency-Key': key, ...more });
  const draft = (title = `Retry ${++count}`) => ({
    title,
    estimated_hours: 1,
    deadline: '2100-01-01T00:00:00Z',
    assigned_to: parties().developer.id,
  });
  const create = (key: string, body: object = draft(), who = parties().manager) =>
    as(who).post('/api/tasks', body, withKey(key));
  const effects = async (title: string) =>
    (
      await parties().app.rows<typeof ONCE>(sql`SELECT
        (SELECT count(*)::int FROM tasks WHERE title = ${title}) AS tasks,
        (SELECT count(*)::int FROM audit_trail WHERE action = 'task.created' AND entity_name = ${title}) AS entries,
        (SELECT count(*)::int FROM notifications n JOIN tasks t ON t.id = n.task_id WHERE t.title = ${title}) AS notifications`)
    )[0];
  return { newKey, withKey, draft, create, effects };
}
