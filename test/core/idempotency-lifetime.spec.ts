import sql from 'sql-template-tag';
import { JobQueue } from '../../src/infrastructure/jobs/job-queue.service.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { connected } from '../support/database.js';
import { aTask } from '../support/factories.js';
import { keyedCreations, ONCE } from '../support/keyed-requests.js';
import { waitFor } from '../support/wait-for.js';

describe('the Idempotency-Key', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());
  afterEach(() => app.clock.reset());

  const { newKey, withKey, draft, create, effects } = keyedCreations(() => ({ app, manager, developer }));
  const keysLeft = async () => (await app.rows(sql`SELECT FROM idempotency_keys`)).length;

  describe('of a request that failed', () => {
    it.each([
      ['rejected', 422, () => create(key, { ...draft('Failed'), title: '' })],
      ['denied', 403, () => create(key, { ...draft('Failed'), assigned_to: manager.id }, developer)],
      ['of what is not there', 404, () => create(key, { ...draft('Failed'), parent_task: 1_000_000 })],
    ] as const)('is free again: %s', async (_, refused, ask) => {
      app.clock.set('2030-06-03T12:00:00Z');
      key = newKey();
      expect((await ask()).status).toBe(refused);
      const before = await keysLeft();
      const mended = draft();
      const first = await create(key, mended, refused === 403 ? developer : manager);
      expect([first.status, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
      expect(await effects(mended.title)).toMatchObject({ tasks: 1, entries: 1 });
      expect(await keysLeft()).toBe(before + 1);
    });
    let key = '';

    it('is free again after a fault of the database, and the same request is done then', async () => {
      const [key, body] = [newKey(), draft()];
      await app.rows(sql`CREATE FUNCTION unwritable() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'unwritable' USING ERRCODE = '53100'; END $$`);
      await app.rows(sql`CREATE TRIGGER unwritable BEFORE INSERT ON audit_trail EXECUTE FUNCTION unwritable()`);
      try {
        expect((await create(key, body)).status).toBe(503);
      } finally {
        await app.rows(sql`DROP TRIGGER unwritable ON audit_trail`);
      }
      expect(await effects(body.title)).toEqual({ tasks: 0, entries: 0, notifications: 0 });
      const again = await create(key, body);
      expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, undefined]);
      expect(await effects(body.title)).toEqual(ONCE);
    });
  });

  describe('of a request that is under way', () => {
    it('is answered with 409 and Retry-After where that takes long; later the first answer comes', async () => {
      const { id } = await aTask(app, developer.id);
      const key = newKey();
      const patch = () => as(manager).patch(`/api/tasks/${id}`, { title: 'Slow' }, withKey(key));
      await app.rows(sql`CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END $$`);
      await app.rows(sql`CREATE TRIGGER linger BEFORE UPDATE ON tasks FOR EACH ROW WHEN (NEW.title = 'Slow')
        EXECUTE FUNCTION linger()`);
      const waiting = sql`SELECT FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'`;
      const first = await connected(app.url, async (client) => {
        await client.query('SELECT pg_advisory_lock(4711)');
        const held = patch();
        await waitFor(async () => (await app.rows(waiting)).length === 1);
        const second = await patch();
        expect([second.status, second.body.code]).toEqual([409, 'request_in_progress']);
        expect(Number(second.headers['retry-after'])).toBeGreaterThan(0);
        return { held };
      });
      const { status, text } = await first.held;
      expect(status).toBe(200);
      await app.rows(sql`DROP TRIGGER linger ON tasks`);
      const third = await patch();
      expect([third.status, third.text, third.headers['idempotency-replayed']]).toEqual([200, text, 'true']);
    });
  });

  describe('after a day', () => {
    it('is free again, and deleted by a job', async () => {
      app.clock.hold();
      app.clock.set('2031-01-01T09:00:00Z');
      const [key, body] = [newKey(), draft()];
      await create(key, body);
      app.clock.set('2031-01-02T08:59:59Z');
      expect((await create(key, body)).headers['idempotency-replayed']).toBe('true');
      app.clock.set('2031-01-02T09:00:01Z');
      const later = await create(key, draft());
      expect([later.status, later.headers['idempotency-replayed']]).toEqual([201, undefined]);
      app.clock.set('2031-01-03T10:00:00Z');
      const stays = newKey();
      await create(stays);
      await app.nest.get(JobQueue).runNow('clean-up-idempotency-keys');
      expect(await app.rows(sql`SELECT key FROM idempotency_keys`)).toEqual([{ key: stays }]);
    });
  });

  describe('where it is not taken', () => {
    it.each([
      ['/api/auth/login', { username: 'x', password: 'y' }],
      ['/api/auth/register', {}],
      ['/api/auth/refresh', undefined],
      ['/api/auth/password/forgot', { email: 'a@example.org' }],
    ])('is refused without an authenticated user: POST %s', async (path, body) => {
      const { status, body: problem } = await as(app).post(path, body, withKey(newKey()));
      expect([status, problem.code]).toEqual([422, 'idempotency_key_not_taken']);
      expect(problem.detail).toContain('no signed-in user');
    });

    it.each([
      '/api/auth/socket-ticket',
      '/api/auth/logout',
      '/api/auth/logout-all',
      '/api/auth/second-factor',
      '/api/auth/password/change',
    ])('is refused with the reason, and nothing is done: POST %s', async (path) => {
      const { status, body } = await as(manager).post(path, undefined, withKey(newKey()));
      expect([status, body.code]).toEqual([422, 'idempotency_key_not_taken']);
      expect((await as(manager).get('/api/auth/users/me')).status).toBe(200);
    });

    it('is ignored: GET is safe by itself', async () => {
      const { status, headers } = await as(manager).get('/api/tasks?limit=1', withKey(newKey()));
      expect([status, headers['idempotency-replayed']]).toEqual([200, undefined]);
    });
  });

  it('stores no token: the replay has none, as an answer in production', async () => {
    const someone = await anActor(app, 'manager');
    const key = newKey();
    const patch = () => as(someone).patch('/api/auth/users/me', { email: `new-${key}@example.org` }, withKey(key));
    const first = await patch();
    expect(first.body.verification_token).toEqual(expect.any(String));
    const again = await patch();
    expect(again.headers['idempotency-replayed']).toBe('true');
    const { verification_token: token, ...rest } = first.body as { verification_token: string };
    expect(again.body).toEqual(rest);
    expect(await app.rows(sql`SELECT FROM idempotency_keys k WHERE strpos(k::text, ${token}) > 0`)).toEqual([]);
  });

  it('does not undo the count of wrong passwords', async () => {
    const { body } = await as(manager).patch(
      '/api/auth/users/me',
      { timezone: 'Europe/Rome', current_password: 'not the one' },
      withKey(newKey()),
    );
    expect(body.code).toBe('wrong_password');
    const failures = await app.rows(
      sql`SELECT FROM audit_trail WHERE action = 'user.login_failed' AND entity_id = ${manager.id}`,
    );
    expect(failures).toHaveLength(1);
  });
});
