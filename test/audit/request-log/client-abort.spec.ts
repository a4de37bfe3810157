import { connect, type Socket } from 'node:net';
import { Client } from 'pg';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { connected } from '../../support/database.js';
import { aTask } from '../../support/factories.js';
import { waitFor } from '../../support/wait-for.js';

interface Logged {
  readonly status_code: number;
  readonly user_id: number | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
}

describe('a client that hangs up', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let port: number;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
    await app.nest.listen(0, '127.0.0.1');
    port = Number(new URL(await app.nest.getUrl()).port);
  });
  afterAll(() => app.stop());

  const request = (who: TestActor, name: string, line: string, body = '', length = Buffer.byteLength(body)) =>
    `${line} HTTP/1.1\r\nHost: x\r\nUser-Agent: in a hurry\r\nX-Request-Id: ${name}\r\nAuthorization: Bearer ${who.token}\r\n` +
    `${length > 0 ? `Content-Type: application/json\r\nContent-Length: ${length}\r\n` : ''}\r\n${body}`;
  const patch = (who: TestActor, name: string, id: number, body: object) =>
    request(who, name, `PATCH /api/tasks/${id}`, JSON.stringify(body));
  const open = async (text: string): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    await new Promise((resolve) => socket.write(text, resolve));
    return socket;
  };
  const hangUp = async (socket: Socket) => {
    socket.destroy();
    await waitFor(async () => (await app.connections()) === 0);
  };
  const logged = async (prefix: string, count = 1) => {
    const rows = async () => {
      await app.flushed();
      return app.rows<Logged>(sql`SELECT status_code, user_id, ip_address, user_agent FROM api_audit_logs
        WHERE starts_with(request_id, ${prefix}) ORDER BY request_id`);
    };
    await waitFor(async () => (await rows()).length >= count);
    return rows();
  };
  /** Holds a task, so that a change of it waits until the client is gone. */
  const whileHeld = async (id: number, text: string) => {
    const holder = new Client({ connectionString: app.database.ownerUrl });
    await holder.connect();
    await holder.query(`BEGIN; SELECT FROM tasks WHERE id = ${id} FOR UPDATE`);
    const socket = await open(text);
    await waitFor(async () => (await app.lockWaits()) > 0);
    await hangUp(socket);
    await holder.query('COMMIT');
    await holder.end();
  };
  const ofThem = (who: TestActor, status_code: number) => ({
    ...{ status_code, user_id: who.id, ip_address: '127.0.0.1', user_agent: 'in a hurry' },
  });

  it('leaves the line of what was done for it, with its status, and is counted', async () => {
    const counted = async () => {
      const { text } = await as(app).get('/metrics');
      return Number(/_count{method="PATCH",route="\/api\/tasks\/:id",status="200"} (\d+)/.exec(text)?.[1] ?? 0);
    };
    const before = await counted();
    const { id } = await aTask(app, manager.id, { title: 'Before' });
    await whileHeld(id, patch(manager, 'gone-1', id, { title: 'After' }));
    expect(await logged('gone-1')).toEqual([ofThem(manager, 200)]);
    expect((await as(manager).get(`/api/tasks/${id}`)).body.title).toBe('After');
    expect(await counted()).toBe(before + 1);
  });

  it('leaves its refusal in the trail', async () => {
    const { id } = await aTask(app, developer.id, { priority: 'critical' });
    await whileHeld(id, patch(developer, 'gone-2', id, { assigned_to: manager.id }));
    expect(await logged('gone-2')).toEqual([ofThem(developer, 403)]);
    const entries = await app.rows(sql`SELECT changes FROM audit_trail WHERE action = 'access.refused'`);
    expect(entries).toHaveLength(1);
  });

  it('leaves a line for each of several requests sent in a row', async () => {
    const { id } = await aTask(app, manager.id);
    const second = request(manager, 'row-2', 'GET /api/tags');
    await whileHeld(id, patch(manager, 'row-1', id, { title: 'A' }) + second);
    expect(await logged('row-', 2)).toEqual([ofThem(manager, 200), ofThem(manager, 200)]);
  });

  it('leaves a line in the midst of a long answer, and of its own body', async () => {
    await app.rows(sql`INSERT INTO tasks (title, description, assigned_to_id, created_by_id, estimated_hours, deadline)
      SELECT 'Long', repeat('x', 2000), ${manager.id}::int, ${manager.id}::int, 1, now() FROM generate_series(1, 2000)`);
    const reading = await open(request(manager, 'long-1', 'GET /api/tasks'));
    await new Promise((resolve) => reading.once('data', resolve));
    await hangUp(reading);
    expect(await logged('long-1')).toEqual([ofThem(manager, 200)]);
    await hangUp(await open(request(manager, 'long-2', 'POST /api/tags', '{"name": ', 100)));
    expect(await logged('long-2')).toEqual([{ ...ofThem(manager, 400), user_id: null }]);
  });

  it('holds no connection to the database, where a long answer still waits for its turn', async () => {
    const { id } = await aTask(app, manager.id);
    const reads = async () =>
      Number(
        /^ctms_budget_in_use\{resource="long_reads"\} (\d+)$/m.exec((await as(app).get('/metrics')).text)?.[1] ?? NaN,
      );
    await connected(app.database.ownerUrl, async (holder) => {
      await holder.query(`BEGIN; SELECT FROM tasks WHERE id = ${id} FOR UPDATE`);
      const both = patch(manager, 'turn-1', id, { title: 'A' }) + request(manager, 'turn-2', 'GET /api/tasks');
      const socket = await open(both);
      await waitFor(async () => (await reads()) === 1);
      await hangUp(socket);
      await waitFor(async () => (await reads()) === 0);
      expect(await reads()).toBe(0);
      await holder.query('COMMIT');
    });
  });
});

describe('a request that is still under way at the end of the product', () => {
  it('has a line', async () => {
    const app = await TestApp.start();
    const manager = await anActor(app, 'manager');
    await app.nest.listen(0, '127.0.0.1');
    const holder = new Client({ connectionString: app.database.ownerUrl });
    await holder.connect();
    const { id } = await aTask(app, manager.id);
    await holder.query(`BEGIN; SELECT FROM tasks WHERE id = ${id} FOR UPDATE`);
    const url = `${await app.nest.getUrl()}/api/tasks/${id}`;
    const headers = {
      Authorization: `Bearer ${manager.token}`,
      'Content-Type': 'application/json',
      'X-Request-Id': 'end',
    };
    const client = new AbortController();
    const asked = fetch(url, { method: 'PATCH', headers, body: '{"title":"A"}', signal: client.signal }).catch(String);
    await waitFor(async () => (await app.lockWaits()) > 0);
    client.abort();
    await asked;
    const closed = app.nest.close();
    const status = async () =>
      (await app.rows(sql`SELECT status_code FROM api_audit_logs WHERE request_id = 'end'`))[0];
    await waitFor(async () => (await status()) !== undefined);
    expect(await status()).toEqual({ status_code: 499 });
    await holder.query('COMMIT');
    await holder.end();
    await closed;
    await app.stop();
  });
});
