import { type TestActor, anActor, as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { listening } from '../support/live.js';
import { isAskedToResync, streaming } from '../support/task-stream.js';
import { waitFor } from '../support/wait-for.js';

/** More than a call takes as arguments: about 125,000. */
const CHILDREN = 130_000;

describe('a task with more children than a call takes arguments', () => {
  let app: TestApp;
  let manager: TestActor;
  let url: string;
  const { subscribed, closeAll } = streaming(() => ({ app, manager, url }));

  beforeAll(async () => {
    app = await TestApp.start();
    url = await listening(app);
    manager = await anActor(app, 'manager');
  });
  afterAll(async () => {
    await closeAll();
    await app.stop();
  });

  it('is deleted with them, and subscribers are asked to read again', async () => {
    // Statistics of one parent with all children make each step of the recursion read the whole table (decision 212).
    await app.rows(sql`ALTER TABLE tasks SET (autovacuum_enabled = false)`);
    const { id } = await aTask(app, manager.id);
    await app.rows(sql`INSERT INTO tasks (title, assigned_to_id, created_by_id, parent_task_id, estimated_hours, deadline)
      SELECT 'T', ${manager.id}::int, ${manager.id}::int, ${id}::int, 1, '2100-01-01' FROM generate_series(1, ${CHILDREN}::int)`);
    const client = await subscribed(manager);
    expect((await as(manager).delete(`/api/tasks/${id}`)).status).toBe(204);
    await waitFor(() => isAskedToResync(client));
    expect(
      await app.rows(sql`SELECT count(*)::int AS gone FROM tasks
      WHERE parent_task_id = ${id} AND deleted_at IS NOT NULL`),
    ).toEqual([{ gone: CHILDREN }]);
  }, 120_000);
});
