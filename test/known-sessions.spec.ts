import { Client } from 'pg';
import { Notices } from '../src/database/notices.js';
import { anActor, as, signedIn, type TestActor } from './support/actors.js';
import { sql, TestApp } from './support/app.js';
import { newDatabase } from './support/database.js';
import { until } from './support/until.js';

const ME = '/api/auth/users/me';
let app: TestApp;
let manager: TestActor;

beforeAll(async () => {
  app = await TestApp.start();
  manager = await anActor(app, 'manager');
});
afterAll(() => app.stop());

const me = async (who: TestActor) => (await as(who).get(ME)).status;

/** The statements that a request makes. */
async function statements(work: () => Promise<unknown>): Promise<string[]> {
  const query = jest.spyOn(Client.prototype, 'query');
  await work();
  const texts = query.mock.calls.map(([statement]) => String((statement as { text?: string }).text ?? statement));
  query.mockRestore();
  return texts.filter((text) => /FROM user_sessions/.test(text));
}

it('asks the database once for a session, and then no more', async () => {
  const dev = await anActor(app, 'developer');
  expect(await statements(() => me(dev))).toHaveLength(1);
  expect(await statements(() => Promise.all(Array.from({ length: 20 }, () => me(dev))))).toEqual([]);
});

it('forgets before a change is answered: log-out, role, zone, standing', async () => {
  for (let round = 0; round < 15; round++) {
    const dev = await anActor(app, 'developer');
    const requests = Array.from({ length: 8 }, () => me(dev));
    const logout = as(dev).post('/api/auth/logout');
    await Promise.all([...requests, logout]);
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

it('hears of what is changed past the product', async () => {
  const dev = await anActor(app, 'developer');
  const other = await signedIn(app, dev);
  expect([await me(dev), await me(other)]).toEqual([200, 200]);
  await app.rows(sql`UPDATE user_sessions SET ended_at = now(), end_reason = 'logout' WHERE id = ${dev.sessionId}`);
  await until(async () => (await me(dev)) === 401, 2000);
  expect([await me(dev), await me(other)]).toEqual([401, 200]);
  await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${dev.id}`);
  await until(async () => (await me(other)) === 401, 2000);
  expect(await me(other)).toBe(401);
});

it('knows nothing while notices are not heard', async () => {
  const dev = await anActor(app, 'developer');
  await me(dev);
  await app.rows(sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE '%notices'`);
  const notices = app.nest.get(Notices);
  await until(() => !notices.hearing);
  // Nobody hears of this one.
  await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${dev.id}`);
  expect(await me(dev)).toBe(401);
  await until(() => notices.hearing);
  expect(await me(dev)).toBe(401);
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

it('trusts no memory where it listens and no word arrives, as behind a pooler', async () => {
  const elsewhere = await newDatabase();
  const deaf = await TestApp.start({ DATABASE_DIRECT_URL: elsewhere.url }, app);
  try {
    expect(deaf.nest.get(Notices).hearing).toBe(false);
    expect(deaf.log.join()).toContain('NOTIFY does not arrive');
    const dev = await anActor(deaf, 'developer');
    expect(await me(dev)).toBe(200);
    await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${dev.id}`);
    expect(await me(dev)).toBe(401);
  } finally {
    await deaf.stop();
    await elsewhere.drop();
  }
}, 30_000);
