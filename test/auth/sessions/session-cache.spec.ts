import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Client } from 'pg';
import { PgNotifyBus } from '../../../src/infrastructure/database/pg-notify.js';
import { SessionCache } from '../../../src/auth/access-tokens/session.cache.js';
import { joinCluster } from '../../../src/server/cluster/worker.js';
import { type IpcChannel } from '../../../src/server/cluster/worker-rpc.js';
import { anActor, as, signedIn, type TestActor } from '../../support/actors.js';
import { AT_ONCE, sql, TestApp } from '../../support/app.js';
import { connected, newDatabase } from '../../support/database.js';
import { aTask } from '../../support/factories.js';
import { waitFor } from '../../support/wait-for.js';

const ME = '/api/auth/users/me';
let app: TestApp;
let manager: TestActor;
/** Called with each notice of access that this app hears. */
let hear: (items: readonly string[]) => void = () => undefined;

beforeAll(async () => {
  const listen = (nest: NestFastifyApplication) =>
    nest.get(PgNotifyBus).subscribe('ctms_access', (items) => hear(items));
  app = await TestApp.start(AT_ONCE, undefined, undefined, listen);
  manager = await anActor(app, 'manager');
});
afterAll(() => app.stop());

/** Resolves when a notice has the item. */
const heard = (item: string) =>
  new Promise<void>((resolve) => (hear = (items) => void (items.includes(item) && resolve())));

/** Waits for the notices of all changes until now: one that comes during a read keeps what was read from the cache. */
async function noticesHeard(): Promise<void> {
  const last = heard('session:999999');
  await app.rows(sql`SELECT pg_notify('ctms_access', 'session:999999')`);
  await last;
}

const me = async (who: TestActor) => (await as(who).get(ME)).status;

/** Reads of sessions. The times of last use, which are written every two seconds, are locked by a read that is none of a request. */
const READS = /FROM user_sessions(?!.*SKIP LOCKED)/s;

/** Has the connection that listens count as alive: after a pause of this process it does not until it has answered, and nothing is cached. */
const listening = () => jest.spyOn(app.nest.get(PgNotifyBus), 'isConnected', 'get').mockReturnValue(true);

/** The statements during `work`, of those that read sessions or something else. */
async function statements(work: () => Promise<unknown>, kind = READS): Promise<string[]> {
  const query = jest.spyOn(Client.prototype, 'query');
  await work();
  const texts = query.mock.calls.map(([statement]) => String((statement as { text?: string }).text ?? statement));
  query.mockRestore();
  return texts.filter((text) => kind.test(text));
}

describe('the cache of sessions', () => {
  afterEach(() => jest.restoreAllMocks());

  it('asks the database once for a session, and then no more', async () => {
    listening();
    const dev = await anActor(app, 'developer');
    await noticesHeard();
    expect(await statements(() => me(dev))).toHaveLength(1);
    expect(await statements(() => Promise.all(Array.from({ length: 20 }, () => me(dev))))).toEqual([]);
  });

  it('forgets before a change is answered: log-out, role, zone, standing', async () => {
    for (let round = 0; round < 15; round++) {
      const dev = await anActor(app, 'developer');
      const requests = Array.from({ length: 8 }, () => me(dev));
      const logout = as(dev).post('/api/auth/logout');
      await Promise.all(requests);
      expect((await logout).status).toBe(200);
      expect(await me(dev)).toBe(401);
    }
    const dev = await anActor(app, 'developer');
    await me(dev);
    expect((await as(dev).get('/api/audit/entries')).status).toBe(403);
    await as(manager).patch(`/api/auth/users/${dev.id}`, { role: 'auditor', reason: 'Promoted' });
    expect((await as(dev).get('/api/audit/entries')).status).toBe(200);
    await as(manager).patch(`/api/auth/users/${dev.id}`, { is_active: false, reason: 'Left' });
    expect(await me(dev)).toBe(401);
  });

  it('forgets the one session that ended, or all those of a user who changed, and no other', async () => {
    listening();
    const [dev, stranger] = [await anActor(app, 'developer'), await anActor(app, 'developer')];
    const [second, third] = [await signedIn(app, dev), await signedIn(app, dev)];
    const all = [dev, second, third, stranger];
    const asked = async () => {
      const found = [];
      for (const who of all) found.push((await statements(() => me(who))).length);
      return found;
    };
    await noticesHeard();
    expect(await asked()).toEqual([1, 1, 1, 1]);
    // A notice that comes later than the answer has the session read again.
    const ended = heard(`session:${dev.sessionId}`);
    await as(dev).post('/api/auth/logout');
    await ended;
    expect(await asked()).toEqual([1, 0, 0, 0]);
    const changed = heard(`user:${dev.id}`);
    await as(manager).patch(`/api/auth/users/${dev.id}`, { role: 'auditor', reason: 'Moves to quality' });
    await changed;
    expect(await asked()).toEqual([1, 1, 1, 0]);
  });

  it('remembers names that were read while a session changed, not while a user did', async () => {
    const names = /unnest.* AS wanted/s;
    listening();
    for (const [item, reads] of [
      ['session:999999', 0],
      ['user:999999', 1],
    ] as const) {
      const dev = await anActor(app, 'developer');
      await aTask(app, dev.id);
      const list = () => as(manager).get(`/api/tasks?assigned_to=${dev.id}`);
      await me(manager);
      await connected(app.database.ownerUrl, async (holder) => {
        await holder.query('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
        const reading = list();
        await waitFor(async () => (await app.lockWaits()) > 0);
        expect(await app.lockWaits()).toBeGreaterThan(0);
        const notice = heard(item);
        await app.rows(sql`SELECT pg_notify('ctms_access', ${item})`);
        await notice;
        await holder.query('COMMIT');
        expect((await reading).status).toBe(200);
      });
      expect(await statements(list, names)).toHaveLength(reads);
    }
  });

  it('hears of what is changed past the product', async () => {
    const dev = await anActor(app, 'developer');
    const other = await signedIn(app, dev);
    expect([await me(dev), await me(other)]).toEqual([200, 200]);
    await app.rows(sql`UPDATE user_sessions SET ended_at = now(), end_reason = 'logout' WHERE id = ${dev.sessionId}`);
    await waitFor(async () => (await me(dev)) === 401);
    expect([await me(dev), await me(other)]).toEqual([401, 200]);
    await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${dev.id}`);
    await waitFor(async () => (await me(other)) === 401);
    expect(await me(other)).toBe(401);
  });

  it('knows nothing while notices are not heard', async () => {
    const dev = await anActor(app, 'developer');
    await me(dev);
    await app.rows(sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE '%notices'`);
    const notices = app.nest.get(PgNotifyBus);
    await waitFor(() => !notices.isConnected);
    // No replica hears of this one.
    await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${dev.id}`);
    expect(await me(dev)).toBe(401);
    await waitFor(() => notices.isConnected);
    expect(await me(dev)).toBe(401);
    listening();
    expect(await me(manager)).toBe(200);
    expect(await statements(() => me(manager))).toEqual([]);
  });

  it('does not take a token of one user for the session of another', async () => {
    const [one, two] = [await anActor(app, 'developer'), await anActor(app, 'developer')];
    await me(one);
    expect(await me({ ...two, sessionId: one.sessionId })).toBe(401);
  });

  it('counts the end of a session by the clock', async () => {
    const dev = await anActor(app, 'developer');
    await app.rows(sql`UPDATE user_sessions SET expires_at = ${new Date(app.clock.now().getTime() + 60_000)}
    WHERE id = ${dev.sessionId}`);
    expect(await me(dev)).toBe(200);
    app.clock.advance(61);
    expect(await me(dev)).toBe(401);
    app.clock.reset();
  });

  it('trusts no cache where it listens and no notification arrives, as with a pooler', async () => {
    const elsewhere = await newDatabase();
    const deaf = await TestApp.start({ DATABASE_DIRECT_URL: elsewhere.url }, app);
    try {
      const notices = deaf.nest.get(PgNotifyBus);
      expect(notices.isConnected).toBe(false);
      expect(deaf.log.join()).toContain('NOTIFY does not arrive');
      const dev = await anActor(deaf, 'developer');
      expect(await me(dev)).toBe(200);
      // Nor later, while it tries again and its questions are answered.
      await expect(waitFor(() => notices.isConnected, 7000)).rejects.toThrow('in vain');
      expect(await statements(() => me(dev))).toHaveLength(1);
      await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${dev.id}`);
      expect(await me(dev)).toBe(401);
    } finally {
      await deaf.stop();
      await elsewhere.drop();
    }
  });

  it('answers a change also where the primary never answers', async () => {
    const primary: IpcChannel = { isConnected: () => true, send: (_, sent) => sent(null), on: () => undefined };
    const worker = await TestApp.start(AT_ONCE, app, undefined, (nest) => void joinCluster(nest, primary));
    try {
      const [own, dev] = [await signedIn(worker, manager), await anActor(worker, 'developer')];
      const change = as(own).patch(`/api/auth/users/${dev.id}`, { role: 'auditor', reason: 'Moves to quality' });
      expect((await change).status).toBe(200);
      expect(await role(dev)).toBe('auditor');
    } finally {
      await worker.stop();
    }
  });

  it('lets only the request wait for other workers that changed something', async () => {
    const primary: IpcChannel = { isConnected: () => true, send: (_, sent) => sent(null), on: () => undefined };
    const worker = await TestApp.start(AT_ONCE, app, undefined, (nest) => void joinCluster(nest, primary));
    let goOn = () => {};
    const invalidated = new Promise<void>((resolve) => (goOn = resolve));
    // In place of the message to the primary, whose answer would be waited for only so long.
    worker.nest.get(SessionCache, { strict: false }).onInvalidate(() => invalidated);
    try {
      const [own, dev] = [await signedIn(worker, manager), await anActor(worker, 'developer')];
      expect(await me(dev)).toBe(200);
      let changed: number | undefined;
      const change = as(own)
        .patch(`/api/auth/users/${dev.id}`, { role: 'auditor', reason: 'Moves to quality' })
        .then(({ status }) => (changed = status));
      await waitFor(async () => (await role(dev)) === 'auditor');
      for (let n = 0; n < 3; n++) expect(await me(own)).toBe(200);
      expect(changed).toBeUndefined();
      goOn();
      expect(await change).toBe(200);
    } finally {
      goOn();
      await worker.stop();
    }
  });
});

const role = async ({ id }: TestActor) =>
  (await app.rows<{ role: string }>(sql`SELECT role FROM users WHERE id = ${id}`))[0]?.role;
