import sql from 'sql-template-tag';
import { JobQueue } from '../../src/infrastructure/jobs/job-queue.service.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

describe('Idempotency-Key', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());
  afterEach(() => app.clock.reset());

  const newKey = () => `key-${++count}`;
  const withKey = (key: string, more: Record<string, string> = {}) => ({ 'Idempotency-Key': key, ...more });
  const draft = (title = `Retry ${++count}`) => ({
    title,
    estimated_hours: 1,
    deadline: '2100-01-01T00:00:00Z',
    assigned_to: developer.id,
  });
  const create = (key: string, body: object = draft(), who = manager) => as(who).post('/api/tasks', body, withKey(key));
  const effects = async (title: string) =>
    (
      await app.rows<{ tasks: number; entries: number; notifications: number }>(sql`SELECT
        (SELECT count(*)::int FROM tasks WHERE title = ${title}) AS tasks,
        (SELECT count(*)::int FROM audit_trail WHERE action = 'task.created' AND entity_name = ${title}) AS entries,
        (SELECT count(*)::int FROM notifications n JOIN tasks t ON t.id = n.task_id WHERE t.title = ${title}) AS notifications`)
    )[0];
  const ONCE = { tasks: 1, entries: 1, notifications: 1 };
  const keysLeft = async () => (await app.rows(sql`SELECT FROM idempotency_keys`)).length;

  describe('repeated with the same body', () => {
    it('brings the first answer again, and no second change', async () => {
      const [key, body] = [newKey(), draft()];
      const first = await create(key, body);
      expect([first.status, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
      await as(manager).patch(`/api/tasks/${first.body.id}`, { status: 'in_progress' });
      const again = await create(key, body);
      expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
      expect(again.text).toBe(first.text);
      expect(again.headers.etag).toBe(first.headers.etag);
      expect(again.headers['content-type']).toBe(first.headers['content-type']);
      expect(again.headers['x-request-id']).not.toBe(first.headers['x-request-id']);
      expect(await effects(body.title)).toEqual({ ...ONCE, notifications: 2 });
    });

    it.each([
      ['PATCH', () => as(manager).patch(`/api/tasks/${id}`, { status: 'in_progress' }, withKey(key))],
      ['PUT', () => as(manager).put(`/api/tasks/${id}`, draft('Put'), withKey(key))],
      ['DELETE', () => as(manager).delete(`/api/tasks/${id}`, withKey(key))],
      [
        'POST bulk-update',
        () => as(manager).post('/api/tasks/bulk-update', { task_ids: [id], status: 'blocked' }, withKey(key)),
      ],
      ['POST of a tag', () => as(manager).post('/api/tags', { name: key }, withKey(key))],
      ['PATCH of a tag', () => as(manager).patch(`/api/tags/${tagId}`, { name: key }, withKey(key))],
      ['DELETE of a tag', () => as(manager).delete(`/api/tags/${tagId}`, withKey(key))],
      [
        'PATCH of a user',
        () =>
          as(manager).patch(
            `/api/auth/users/${userId}`,
            { timezone: 'Europe/Berlin', reason: 'Moved there' },
            withKey(key),
          ),
      ],
      ['PATCH of oneself', () => as(manager).patch('/api/auth/users/me', { timezone: 'Europe/Paris' }, withKey(key))],
      ['DELETE of a session', () => as(ended).delete(`/api/auth/sessions/${sessionId}`, withKey(key))],
      ['POST mark_read', () => as(developer).post(`/api/notifications/${noticeId}/mark_read`, undefined, withKey(key))],
      ['POST mark_all_read', () => as(developer).post('/api/notifications/mark_all_read', undefined, withKey(key))],
    ] as const)('does a %s once', async (_, ask) => {
      await subjects();
      const first = await ask();
      expect([first.status < 300, first.headers['idempotency-replayed']]).toEqual([true, undefined]);
      const before = await state();
      const again = await ask();
      expect([again.status, again.text, again.headers.etag]).toEqual([first.status, first.text, first.headers.etag]);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(await state()).toEqual(before);
    });

    let [id, tagId, userId, noticeId, sessionId, key] = [0, 0, 0, 0, 0, ''];
    let ended: TestActor;
    const subjects = async () => {
      key = newKey();
      id = ((await as(manager).post('/api/tasks', draft())).body as { id: number }).id;
      tagId = ((await as(manager).post('/api/tags', { name: `tag ${count}` })).body as { id: number }).id;
      const other = await anActor(app, 'developer');
      ended = other;
      userId = other.id;
      const [session] = await app.rows<{ id: number }>(sql`INSERT INTO user_sessions
          (user_id, device_id, refresh_token_hash, refresh_salt, expires_at)
        VALUES (${other.id}, gen_random_uuid(), '', '', '2200-01-01') RETURNING id`);
      sessionId = session?.id ?? 0;
      [noticeId = 0] = ((await as(developer).get('/api/notifications?unread=true')).body as { id: number }[]).map(
        (notice) => notice.id,
      );
    };
    const state = async () =>
      (
        await app.rows(sql`SELECT (SELECT count(*) FROM audit_trail) AS entries, (SELECT count(*) FROM task_history) AS history,
          (SELECT count(*) FROM notifications) AS notifications, (SELECT sum(version) FROM tasks) AS versions,
          (SELECT count(*) FROM notifications WHERE read) AS read`)
      )[0];

    it('is the same whatever the order of its members and the form of its key', async () => {
      const [key, body] = [newKey(), draft()];
      const first = await create(`"${key}"`, body);
      const backwards = Object.fromEntries(Object.entries(body).reverse());
      const again = await create(key, backwards);
      expect([again.status, again.text]).toEqual([201, first.text]);
      expect(again.headers['idempotency-replayed']).toBe('true');
    });

    it('brings the first answer although a second attempt would be refused by now', async () => {
      const { id } = await aTask(app, developer.id);
      const change = () =>
        as(manager).patch(`/api/tasks/${id}`, { status: 'in_progress' }, withKey(key, { 'If-Match': '"1"' }));
      key = newKey();
      const first = await change();
      expect(first.status).toBe(200);
      const again = await change();
      expect([again.status, again.text, again.headers.etag]).toEqual([200, first.text, '"2"']);
    });

    it('brings the first answer after working hours as well, and nothing that was not done in time', async () => {
      app.clock.set('2030-06-03T17:59:00Z');
      const [key, body] = [newKey(), draft()];
      expect((await create(key, body, developer)).status).toBe(201);
      app.clock.set('2030-06-03T18:00:01Z');
      const again = await create(key, body, developer);
      expect([again.status, again.headers['idempotency-replayed']]).toEqual([201, 'true']);
      const other = await create(newKey(), draft(), developer);
      expect([other.status, other.body.code]).toEqual([403, 'outside_working_hours']);
      const reused = await create(key, draft(), developer);
      expect([reused.status, reused.body.code]).toEqual([422, 'idempotency_key_reused']);
      expect((await effects(body.title))?.tasks).toBe(1);
    });

    it('is refused where the session has ended', async () => {
      const someone = await anActor(app, 'manager');
      const [key, body] = [newKey(), draft()];
      expect((await create(key, body, someone)).status).toBe(201);
      await app.rows(sql`UPDATE users SET role = 'auditor' WHERE id = ${someone.id}`);
      await as(manager).patch(`/api/auth/users/${someone.id}`, { is_active: false, reason: 'Left us' });
      expect((await create(key, body, someone)).status).toBe(401);
    });
  });

  describe('with another request', () => {
    it('is refused: another body, another record, another condition, another reason', async () => {
      const [one, two] = [await aTask(app, developer.id), await aTask(app, developer.id)];
      const key = newKey();
      const patch = (id: number, body: object, more = {}) =>
        as(manager).patch(`/api/tasks/${id}`, body, withKey(key, more));
      expect((await patch(one.id, { title: 'A' })).status).toBe(200);
      const others = [
        await patch(one.id, { title: 'B' }),
        await patch(two.id, { title: 'A' }),
        await patch(one.id, { title: 'A' }, { 'If-Match': '"2"' }),
        await patch(one.id, { title: 'A' }, { 'X-Change-Reason': 'Another one' }),
        await patch(one.id, { title: 'A', reason: 'Another one' }),
      ];
      for (const { status, body } of others) expect([status, body.code]).toEqual([422, 'idempotency_key_reused']);
      const rows = await app.rows(
        sql`SELECT title FROM tasks WHERE id IN (${one.id}, ${two.id}) AND title IN ('A', 'B')`,
      );
      expect(rows).toEqual([{ title: 'A' }]);
    });

    it('is that of another user, or of another route, which know nothing of it', async () => {
      const key = newKey();
      const other = await anActor(app, 'manager');
      const [first, second] = [await create(key), await create(key, draft(), other)];
      const tag = await as(manager).post('/api/tags', { name: key }, withKey(key));
      expect([first, second, tag].map(({ status }) => status)).toEqual([201, 201, 201]);
      for (const { headers } of [first, second, tag]) expect(headers['idempotency-replayed']).toBeUndefined();
    });
  });

  describe('that cannot be one', () => {
    it.each([
      ['empty', ''],
      ['empty in quotes', '""'],
      ['too long', 'k'.repeat(256)],
      ['too long in quotes', `"${'k'.repeat(256)}"`],
      ['with a blank', 'a b'],
      ['two', 'a, b'],
      ['with a letter beyond ASCII', 'ü'],
      ['with a quote left open', '"a'],
      ['with a quote in it', 'a"b'],
      ['with an escape of nothing', '"a\\b"'],
    ])('is refused: %s', async (_, key) => {
      const { status, body } = await create(key);
      expect([status, body.code]).toEqual([422, 'validation_error']);
      expect(body.errors).toEqual([expect.objectContaining({ field: 'Idempotency-Key', code: 'is_idempotency_key' })]);
    });

    it.each(['k'.repeat(255), `"${'\\"'.repeat(255)}"`, '"with blanks, and a comma"', "!#$%&'*+-.^_`|~/:@"])(
      'is none of these: %s',
      async (key) => {
        expect((await create(key)).status).toBe(201);
      },
    );
  });

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
        $$ BEGIN PERFORM pg_sleep(4); RETURN NEW; END $$`);
      await app.rows(sql`CREATE TRIGGER linger BEFORE UPDATE ON tasks FOR EACH ROW WHEN (NEW.title = 'Slow')
        EXECUTE FUNCTION linger()`);
      const first = patch();
      await new Promise((resolve) => setTimeout(resolve, 500));
      const second = await patch();
      expect([second.status, second.body.code]).toEqual([409, 'request_in_progress']);
      expect(Number(second.headers['retry-after'])).toBeGreaterThan(0);
      const { status, text } = await first;
      expect(status).toBe(200);
      await app.rows(sql`DROP TRIGGER linger ON tasks`);
      const third = await patch();
      expect([third.status, third.text, third.headers['idempotency-replayed']]).toEqual([200, text, 'true']);
    });
  });

  describe('after a day', () => {
    it('is free again, and deleted by a job', async () => {
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
    ])('is refused, as nobody is known: POST %s', async (path, body) => {
      const { status, body: told } = await as(app).post(path, body, withKey(newKey()));
      expect([status, told.code]).toEqual([422, 'idempotency_key_not_taken']);
      expect(told.detail).toContain('nobody is signed in');
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
    const patch = () => as(someone).patch('/api/auth/users/me', { email: `new${count}@example.org` }, withKey(key));
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
