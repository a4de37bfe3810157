import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import request from 'supertest';
import { Database } from '../../src/infrastructure/database/database.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { waitFor } from '../support/wait-for.js';

let app: TestApp;
let manager: TestActor;
let port: number;

beforeAll(async () => {
  app = await TestApp.start();
  manager = await anActor(app, 'manager');
  await app.rows(sql`INSERT INTO tasks (title, description, assigned_to_id, created_by_id, estimated_hours, deadline)
    SELECT 'Long', repeat('x', 2000), ${manager.id}::int, ${manager.id}::int, 1, now() FROM generate_series(1, 5000)`);
  await app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, changes)
    SELECT 'many', 'manager', 'task.updated', 'task', 1, '{"title": ["a", "b"]}' FROM generate_series(1, 3000)`);
  await app.nest.listen(0, '127.0.0.1');
  port = Number(new URL(await app.nest.getUrl()).port);
}, 120_000);
afterAll(() => app.stop());

/** Asks, reads the first bytes or none, and hangs up. */
async function hangUp(path: string, reads: boolean): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${manager.token}\r\n\r\n`);
  if (reads) await new Promise((resolve) => socket.once('data', resolve));
  else await new Promise((resolve) => setTimeout(resolve, 5));
  socket.destroy();
}

describe('a streamed response', () => {
  it.each(['/api/tasks', '/api/tasks/export.csv', '/api/audit/entries', '/api/audit/entries/export'])(
    'gives the connection back when a client hangs up: %s',
    async (path) => {
      const { pool } = app.nest.get(Database);
      for (let n = 0; n < 15; n++) await Promise.all([hangUp(path, true), hangUp(path, false)]);
      await waitFor(() => pool.idleCount === pool.totalCount);
      expect([pool.totalCount - pool.idleCount, pool.waitingCount]).toEqual([0, 0]);
      expect((await as(manager).get('/api/tasks?limit=1')).status).toBe(200);
    },
  );

  it.each([
    ...['/api/tasks', '/api/tasks/export.csv', '/api/tags', '/api/auth/users', '/api/audit/entries/export'],
    ...['/api/audit/entries', '/api/audit/entities/task/1', '/api/audit/redactions', '/api/analytics/team'],
  ])('gives the connection back to one who only asks for its head: %s', async (path) => {
    const { pool } = app.nest.get(Database);
    for (let n = 0; n < 15; n++)
      expect((await request(app.server).head(path).auth(manager.token, { type: 'bearer' })).status).toBe(200);
    await waitFor(() => pool.idleCount === pool.totalCount);
    expect(pool.totalCount - pool.idleCount).toBe(0);
  });

  it('is cut off, without ending the process, when the database is lost', async () => {
    const { pool } = app.nest.get(Database);
    const response = await new Promise<IncomingMessage>((resolve) =>
      get({ port, path: '/api/tasks', headers: { Authorization: `Bearer ${manager.token}` } }, resolve),
    );
    const closed = new Promise((resolve) => response.once('close', resolve));
    response.on('error', () => undefined);
    await app.rows(sql`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`);
    response.resume();
    await closed;
    expect(response.complete).toBe(false);
    await waitFor(() => pool.idleCount === pool.totalCount);
    expect((await as(manager).get('/api/tasks?limit=1')).status).toBe(200);
  });
});
