import { get, type IncomingMessage } from 'node:http';
import { Database } from '../../src/infrastructure/database/database.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { waitFor } from '../support/wait-for.js';

async function someTasks(app: TestApp, assignee: TestActor, count: number, text: number): Promise<void> {
  await app.rows(sql`INSERT INTO tasks (title, description, assigned_to_id, created_by_id, estimated_hours, deadline)
    SELECT 'Long', repeat('x', ${text}::int), ${assignee.id}::int, ${assignee.id}::int, 1, now()
    FROM generate_series(1, ${count}::int)`);
}

describe('long-running reads', () => {
  it('read a list with usernames, and answer a change, on a single connection', async () => {
    const app = await TestApp.start({ DATABASE_POOL_SIZE: '1' });
    const [manager, developer] = [await anActor(app, 'manager'), await anActor(app, 'developer')];
    await someTasks(app, developer, 501, 1);
    const { status, body } = await as(manager).get('/api/tasks');
    expect([status, body.length, body.at(-1).assigned_to_user]).toEqual([200, 501, developer.username]);
    await app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, changes)
    SELECT 'many', 'manager', 'task.updated', 'task', 1, '{"title": ["a", "b"]}' FROM generate_series(1, 1001)`);
    expect((await as(manager).get('/api/audit/entries?entity_id=1&action=task.updated')).body).toHaveLength(1001);
    await app.stop();
  }, 30_000);

  it('resolve usernames before a change is committed', async () => {
    const app = await TestApp.start();
    const [manager, developer] = [await anActor(app, 'manager'), await anActor(app, 'developer')];
    const { id } = await aTask(app, developer.id);
    const task = { title: 'One', estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: developer.id };
    // No name is cached yet, and nothing can be asked beside the transaction.
    jest.spyOn(app.nest.get(Database), 'query').mockRejectedValue(new Error('Busy'));
    const patched = await as(manager).patch(`/api/tasks/${id}`, { title: 'Two' });
    expect([patched.status, patched.body.assigned_to_user, patched.body.created_by_user]).toEqual([
      200,
      developer.username,
      developer.username,
    ]);
    const created = await as(manager).post('/api/tasks', task);
    expect([created.status, created.body.created_by_user]).toEqual([201, manager.username]);
    jest.restoreAllMocks();
    await app.stop();
  });

  it('drop a reader that never comes back, and admit the next one', async () => {
    const app = await TestApp.start({ DATABASE_POOL_SIZE: '2', DATABASE_TIMEOUT_SECONDS: '1' });
    const manager = await anActor(app, 'manager');
    await someTasks(app, manager, 5000, 2000);
    await app.nest.listen(0, '127.0.0.1');
    const { port } = new URL(await app.nest.getUrl());
    const request = { port, path: '/api/tasks', headers: { Authorization: `Bearer ${manager.token}` } };
    /** Asks again while the service is busy: on a busy machine, a second may pass in the middle of a beginning. */
    const reader = async (): Promise<IncomingMessage> => {
      for (let left = 5; ; left--) {
        const response = await new Promise<IncomingMessage>((resolve) => get(request, resolve));
        if (left === 0 || response.statusCode !== 503) return response;
        response.destroy();
      }
    };
    const [asleep, next] = [await reader(), await reader()];
    expect([asleep.statusCode, next.statusCode]).toEqual([200, 200]);
    [asleep, next].forEach((response) => response.destroy());
    await app.stop();
  }, 30_000);

  describe('while readers take their time', () => {
    let app: TestApp;
    let manager: TestActor;
    let url: URL;
    const readers: IncomingMessage[] = [];

    beforeAll(async () => {
      app = await TestApp.start({ DATABASE_POOL_SIZE: '4' });
      manager = await anActor(app, 'manager');
      await someTasks(app, manager, 5000, 2000);
      await app.nest.listen(0, '127.0.0.1');
      url = new URL(await app.nest.getUrl());
    });
    afterAll(() => app.stop());

    /** A client requests a list and reads nothing of it. */
    const reader = async (path = '/api/tasks') => {
      const { token } = await anActor(app, 'manager');
      return new Promise<IncomingMessage>((resolve) =>
        get({ port: url.port, path, headers: { Authorization: `Bearer ${token}` } }, resolve),
      );
    };

    it('leaves half of the connections to other requests, and rejects a further reader', async () => {
      readers.push(await reader(), await reader('/api/tasks/export.csv'));
      const [third, page] = await Promise.all([reader(), as(manager).get('/api/tasks?limit=20')]);
      readers.push(third);
      expect([page.status, third.statusCode, third.headers['retry-after']]).toEqual([200, 503, '1']);
      // Short answers are read at once.
      for (const path of ['/api/tags', '/api/tasks/export.csv?status=blocked'])
        expect((await as(manager).get(path)).status).toBe(200);
    });

    it('admits the next reader when one is done', async () => {
      const next = reader();
      readers[0]?.destroy();
      readers.push(await next);
      expect((await next).statusCode).toBe(200);
      readers.forEach((response) => response.destroy());
      const { pool } = app.nest.get(Database);
      await waitFor(() => pool.idleCount === pool.totalCount);
    });
  });
});
