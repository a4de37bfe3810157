import { once } from 'node:events';
import { JwtService } from '@nestjs/jwt';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { LiveClient } from '../support/live.js';
import { waitFor } from '../support/wait-for.js';
import { startProduct, type Product } from '../support/product.js';
import { partsOf } from '../../src/core/persistence/parts.js';

const PASSWORD = 'trial-demo-2026';
const ACROSS = 'manager gave you the task "Across"';

/** The database of a product, asked past it. */
async function connected(product: { database: { ownerUrl: string } }): Promise<Client> {
  const client = new Client({ connectionString: product.database.ownerUrl });
  await client.connect();
  return client;
}

async function signIn(product: Product, username: string): Promise<string> {
  const answer = await fetch(`${product.url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD }),
  });
  return ((await answer.json()) as { access: string }).access;
}

const ask = (product: Product, token: string, path: string, body: object = {}) =>
  fetch(product.url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });

describe('two replicas on one database', () => {
  let first: Product;
  let second: Product;

  beforeAll(async () => {
    first = await startProduct();
    second = await startProduct({}, first);
  }, 60_000);
  afterAll(async () => {
    await second.stop();
    await first.stop();
  });

  it('a notification that is written on one reaches a socket of the other; a log-out closes it there', async () => {
    const manager = await signIn(first, 'manager');
    const developer = await signIn(first, 'developer');
    const client = new LiveClient(`${second.url.replace('http', 'ws')}/ws/notifications/?token=${developer}`);
    await client.opened;
    const task = { title: 'Across', estimated_hours: 1, deadline: '2030-01-01T00:00:00Z', assigned_to: 2 };
    expect((await ask(first, manager, '/api/tasks', task)).status).toBe(201);
    // Before a sweep would repeat it. Jobs notify too, of the demo's trainings and visits.
    await waitFor(() => client.sent.some(({ notification }) => notification?.message === ACROSS), 4500);
    expect((await ask(first, developer, '/api/auth/logout')).status).toBe(200);
    expect(await client.closed).toEqual({ code: 4001, reason: 'logout' });
    expect(
      (await fetch(`${second.url}/api/auth/users/me`, { headers: { Authorization: `Bearer ${developer}` } })).status,
    ).toBe(401);
  });
});

describe('a database that is away for a while', () => {
  it('ends no process and closes no socket', async () => {
    const product = await startProduct();
    try {
      const [manager, developer] = [await signIn(product, 'manager'), await signIn(product, 'developer')];
      const client = new LiveClient(`${product.url.replace('http', 'ws')}/ws/notifications/?token=${developer}`);
      await client.opened;
      // Answered once the connection has caught up: one that still reads its notifications ends with the database.
      client.say({ action: 'mark_all_read' });
      await waitFor(() => client.raw.length > 0);
      // Longer than from one sweep to the next.
      await product.database.away(() =>
        waitFor(() => product.output().includes('Sockets could not be looked after'), 40_000),
      );
      const ready = () => fetch(`${product.url}/health/ready`).then(({ status }) => status === 200);
      await waitFor(ready);
      client.raw.length = 0;
      const task = { title: 'Afterwards', estimated_hours: 1, deadline: '2030-01-01T00:00:00Z', assigned_to: 2 };
      expect((await ask(product, manager, '/api/tasks', task)).status).toBe(201);
      await waitFor(() => client.raw.join().includes('Afterwards'));
      expect(client.raw.join()).toContain('manager gave you the task \\"Afterwards\\"');
      expect(client.socket.readyState).toBe(WebSocket.OPEN);
    } finally {
      await product.stop();
    }
  }, 120_000);
});

describe('jobs', () => {
  /** Work for each job: 50 tasks to escalate, 50 to warn of, 50 notifications to delete. */
  const WORK = `
    INSERT INTO users (username, email, hashed_password, role) VALUES ('asha', 'asha@example.org', '!', 'developer');
    INSERT INTO tasks (title, priority, assigned_to_id, created_by_id, estimated_hours, deadline, created_at)
      SELECT 'escalate ' || n, 'low', 1, 1, 1, now() + interval '20 hours', now() - interval '9 days' FROM generate_series(1, 50) n;
    INSERT INTO tasks (title, priority, assigned_to_id, created_by_id, estimated_hours, deadline, created_at)
      SELECT 'warn ' || n, 'critical', 1, 1, 1, now() + interval '30 minutes', now() - interval '9 days' FROM generate_series(1, 50) n;
    INSERT INTO notifications (user_id, message, notification_type, read, read_at)
      SELECT 1, 'old', 'status_change', true, now() - interval '31 days' FROM generate_series(1, 50);`;
  const DONE = `SELECT
    (SELECT count(*)::int FROM tasks WHERE priority = 'medium' AND priority_escalated AND version = 2) AS escalated,
    (SELECT count(*)::int FROM deadline_warnings) AS warned,
    (SELECT count(*)::int FROM notifications WHERE message = 'old') AS old,
    (SELECT count(*)::int FROM notifications WHERE notification_type = 'priority_escalated') AS told_escalated,
    (SELECT count(*)::int FROM notifications WHERE notification_type = 'deadline_warning') AS told_warned,
    (SELECT count(*)::int FROM audit_trail WHERE action = 'task.escalated') AS noted_escalated,
    (SELECT count(*)::int FROM audit_trail WHERE action = 'task.deadline_warned') AS noted_warned`;
  const ALL_ONCE = {
    ...{ escalated: 50, warned: 50, old: 0, told_escalated: 50, told_warned: 50 },
    ...{ noted_escalated: 50, noted_warned: 50 },
  };

  it('are done once, whole, although a replica is killed in the middle of each', async () => {
    const idle = { DEMO_DATA: 'false', JOBS_ENABLED: 'false', JOB_TIMEOUT_SECONDS: '2' };
    const keeper = await startProduct(idle);
    const [holder, client] = [await connected(keeper), await connected(keeper)];
    const others: Product[] = [];
    try {
      await client.query(WORK);
      // Each job will wait for one row in the middle of its work.
      await holder.query(`BEGIN; SELECT FROM tasks WHERE title IN ('escalate 25', 'warn 25') FOR UPDATE;
        SELECT FROM notifications WHERE id = (SELECT min(id) + 25 FROM notifications) FOR UPDATE`);
      const working = { ...idle, JOBS_ENABLED: 'true' };
      const victim = await startProduct(working, keeper);
      const waiting = async () =>
        (
          await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'`)
        ).rows[0]?.n;
      await waitFor(async () => (await waiting()) === 3);
      expect(await waiting()).toBe(3);
      await victim.kill();
      await holder.query('ROLLBACK');
      const done = async () => (await client.query(DONE)).rows[0] as unknown;
      others.push(...(await Promise.all([startProduct(working, keeper), startProduct(working, keeper)])));
      await waitFor(async () => JSON.stringify(await done()) === JSON.stringify(ALL_ONCE), 20_000);
      expect(await done()).toEqual(ALL_ONCE);
      const items = async () => {
        const metrics = await Promise.all(others.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
        const counts = metrics.map((text) =>
          Number(/ctms_job_items_total\{job="escalate-tasks"\} (\d+)/.exec(text)?.[1] ?? 0),
        );
        return counts.reduce((a, b) => a + b);
      };
      // Counted once the commit has come back.
      await waitFor(async () => (await items()) >= 50);
      expect(await items()).toBe(50);
    } finally {
      await holder.end();
      await client.end();
      for (const other of others) await other.stop();
      await keeper.stop();
    }
  }, 90_000);
});

describe('the seal of the audit trail', () => {
  it('is taken over at once from a replica that is killed in the middle, and gives no position twice', async () => {
    const idle = {
      DEMO_DATA: 'false',
      JOBS_ENABLED: 'false',
      AUDIT_SIGNING_KEY: Buffer.alloc(32, 1).toString('base64'),
    };
    const keeper = await startProduct(idle);
    const [holder, client] = [await connected(keeper), await connected(keeper)];
    const figures = async () =>
      (
        await client.query<{ entries: number; seals: number; last: number; waiting: number }>(`SELECT
          (SELECT count(*)::int FROM audit_trail) AS entries, (SELECT count(*)::int FROM audit_seals) AS seals,
          (SELECT max(position)::int + 1 FROM audit_seals) AS last,
          (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')
            AS waiting`)
      ).rows[0];
    const others: Product[] = [];
    try {
      const victim = await startProduct({ ...idle, JOBS_ENABLED: 'true' }, keeper);
      await client.query(`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, changes)
        SELECT 'x', 'system', 'test.done', 'test', '{}' FROM generate_series(1, 5000)`);
      await waitFor(async () => (await figures())?.seals === 5001, 20_000);
      // The next look will have written its seals when it waits for the table of checkpoints.
      await holder.query('BEGIN; LOCK TABLE audit_checkpoints IN SHARE MODE');
      await client.query(`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, changes)
        SELECT 'x', 'system', 'test.done', 'test', '{}' FROM generate_series(1, 100)`);
      await waitFor(async () => (await figures())?.waiting === 1);
      expect(await figures()).toMatchObject({ seals: 5001, waiting: 1 });
      await victim.kill();
      others.push(...(await Promise.all([1, 2].map(() => startProduct({ ...idle, JOBS_ENABLED: 'true' }, keeper)))));
      await holder.query('ROLLBACK');
      await waitFor(async () => (await figures())?.seals === 5101);
      expect(await figures()).toMatchObject({ entries: 5101, seals: 5101, last: 5101 });
      expect(await (await fetch(`${keeper.url}/metrics`)).text()).toMatch(/^ctms_audit_seal_lag_seconds 0$/m);
    } finally {
      await holder.end();
      await client.end();
      for (const other of others) await other.stop();
      await keeper.stop();
    }
  }, 90_000);
});

describe('5,000 idle sockets', () => {
  it('cost a replica less than 150 MB', async () => {
    const SECRET_KEY = 'k'.repeat(40);
    const product = await startProduct({ JOBS_ENABLED: 'false', DEMO_DATA: 'false', SECRET_KEY });
    const sockets: WebSocket[] = [];
    try {
      const database = await connected(product);
      // Twenty are the limit of one user.
      const { rows } = await database.query<{ sub: number; sid: number }>(`WITH made AS (
        INSERT INTO users (username, email, hashed_password) SELECT 'idle' || n, 'idle' || n || '@x.org', '!'
        FROM generate_series(1, 250) n RETURNING id)
      INSERT INTO user_sessions (user_id, device_id, refresh_token_hash, refresh_salt, expires_at)
        SELECT id, gen_random_uuid(), '', '', now() + interval '1 day' FROM made RETURNING user_id AS sub, id AS sid`);
      await database.end();
      const jwt = new JwtService({ secret: SECRET_KEY });
      const addresses = rows.map(({ sub, sid }) => {
        const token = jwt.sign({ sub: String(sub), sid, type: 'access' }, { expiresIn: 600 });
        return `${product.url.replace('http', 'ws')}/ws/notifications/?token=${token}`;
      });
      const figure = async (name: string) =>
        Number(new RegExp(`^${name} (\\S+)`, 'm').exec(await (await fetch(`${product.url}/metrics`)).text())?.[1]);
      const before = await figure('process_resident_memory_bytes');
      // More handshakes at once may be refused: a slow machine is overloaded by 250.
      for (const part of Array.from({ length: 20 }, () => partsOf(addresses, 50)).flat()) {
        const opened = part.map((address) => new WebSocket(address, { perMessageDeflate: false }));
        sockets.push(...opened);
        await Promise.all(opened.map((socket) => once(socket, 'open')));
      }
      await waitFor(async () => (await figure('ctms_websockets')) === 5000);
      expect(await figure('ctms_websockets')).toBe(5000);
      const grown = ((await figure('process_resident_memory_bytes')) - before) / 1e6;
      expect(grown).toBeLessThan(250);
    } finally {
      sockets.forEach((socket) => socket.terminate());
      await product.stop();
    }
  }, 90_000);
});
