import { Client } from 'pg';
import { type TestActor, anActor, as } from '../support/actors.js';
import { AT_ONCE, sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

describe('changes that name a task of others', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let root: number;
  let child: number;
  let own: number;
  let other: Client;

  beforeAll(async () => {
    // A request that waits for the locks below ends with 503.
    app = await TestApp.start({ ...AT_ONCE, DATABASE_TIMEOUT_SECONDS: '20' });
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer', { timezone: 'Africa/Accra' });
    app.clock.set('2026-03-02T12:00:00Z');
    root = (await aTask(app, manager.id)).id;
    child = (await aTask(app, manager.id, { parent: root })).id;
    own = (await aTask(app, developer.id)).id;
    other = new Client({ connectionString: app.url });
    await other.connect();
  });
  afterAll(async () => {
    await other.end();
    await app.stop();
  });

  const answers = async () => {
    const task = (parent_task: number) => ({
      title: 'T',
      estimated_hours: 1,
      deadline: '2100-01-01',
      assigned_to: developer.id,
      parent_task,
    });
    const dev = as(developer);
    const asked = await Promise.all([
      dev.patch(`/api/tasks/${root}`, { status: 'in_progress' }),
      dev.patch(`/api/tasks/${root}`, { title: 'Mine' }),
      dev.patch(`/api/tasks/${own}`, { parent_task: child }),
      dev.delete(`/api/tasks/${root}`),
      dev.post('/api/tasks', task(root)),
      dev.post('/api/tasks/bulk', { tasks: [task(root)] }),
      dev.patch('/api/tasks/bulk', { task_ids: [own, root], changes: { status: 'pending' } }),
      dev.patch('/api/tasks/bulk', { task_ids: [own, child], changes: { priority: 'high' } }),
      dev.patch('/api/tasks/bulk', { task_ids: [own], changes: { parent_task: root } }),
      dev.post('/api/tasks/bulk-update', { task_ids: [own, root], status: 'in_progress' }),
    ]);
    return asked.map(({ status }) => status);
  };

  it('are rejected although another transaction holds that task, or its relatives', async () => {
    await other.query('BEGIN');
    await other.query(`SELECT FROM tasks WHERE id IN (${root}, ${child}) FOR UPDATE`);
    const held = await answers();
    await other.query('ROLLBACK');
    expect(held).toEqual(Array(10).fill(404));
  });

  it('leave the own task as it was, and may send back a parent that is not seen', async () => {
    await app.rows(sql`UPDATE tasks SET parent_task_id = ${child} WHERE id = ${own}`);
    const patched = await as(developer).patch(`/api/tasks/${own}`, { parent_task: child, status: 'blocked' });
    expect([patched.status, patched.body]).toMatchObject([200, { parent_task: child, version: 2 }]);
    const changes = { parent_task: child, status: 'in_progress' };
    expect((await as(developer).patch('/api/tasks/bulk', { task_ids: [own], changes })).status).toBe(200);
    expect(await app.rows(sql`SELECT status FROM tasks WHERE id IN (${root}, ${child}, ${own}) ORDER BY id`)).toEqual([
      { status: 'blocked' },
      { status: 'blocked' },
      { status: 'in_progress' },
    ]);
  });
});
