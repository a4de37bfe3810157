import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { keyedCreations, ONCE } from '../support/keyed-requests.js';
import { operations } from '../support/operations.js';
import { isOfProduct } from '../support/openapi.js';

describe('Idempotency-Key', () => {
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

    const changes = [
      ['PATCH /api/tasks/{id}', () => as(manager).patch(`/api/tasks/${id}`, { status: 'in_progress' }, withKey(key))],
      ['PUT /api/tasks/{id}', () => as(manager).put(`/api/tasks/${id}`, draft('Put'), withKey(key))],
      ['DELETE /api/tasks/{id}', () => as(manager).delete(`/api/tasks/${id}`, withKey(key))],
      [
        'POST /api/tasks/bulk-update',
        () => as(manager).post('/api/tasks/bulk-update', { task_ids: [id], status: 'blocked' }, withKey(key)),
      ],
      [
        'POST /api/tasks/bulk',
        () => as(manager).post('/api/tasks/bulk', { tasks: [{ ...draft(), title: key }] }, withKey(key)),
      ],
      [
        'PATCH /api/tasks/bulk',
        () => as(manager).patch('/api/tasks/bulk', { task_ids: [id], changes: { priority: 'low' } }, withKey(key)),
      ],
      [
        'POST /api/tasks/{id}/restore',
        () => as(manager).post(`/api/tasks/${deletedId}/restore`, undefined, withKey(key)),
      ],
      ['POST /api/tags', () => as(manager).post('/api/tags', { name: key }, withKey(key))],
      ['PATCH /api/tags/{id}', () => as(manager).patch(`/api/tags/${tagId}`, { name: key }, withKey(key))],
      ['DELETE /api/tags/{id}', () => as(manager).delete(`/api/tags/${tagId}`, withKey(key))],
      [
        'PATCH /api/auth/users/{id}',
        () =>
          as(manager).patch(
            `/api/auth/users/${userId}`,
            { timezone: 'Europe/Berlin', reason: 'Moved there' },
            withKey(key),
          ),
      ],
      [
        'PATCH /api/auth/users/me',
        () => as(manager).patch('/api/auth/users/me', { timezone: 'Europe/Paris' }, withKey(key)),
      ],
      ['DELETE /api/auth/sessions/{id}', () => as(ended).delete(`/api/auth/sessions/${sessionId}`, withKey(key))],
      [
        'POST /api/notifications/{id}/mark_read',
        () => as(developer).post(`/api/notifications/${noticeId}/mark_read`, undefined, withKey(key)),
      ],
      [
        'POST /api/notifications/mark_all_read',
        () => as(developer).post('/api/notifications/mark_all_read', undefined, withKey(key)),
      ],
    ] as const;

    it.each(changes)('is done once: %s', async (_, ask) => {
      await subjects();
      const first = await ask();
      expect([first.status < 300, first.headers['idempotency-replayed']]).toEqual([true, undefined]);
      const before = await state();
      const again = await ask();
      expect([again.status, again.text, again.headers.etag]).toEqual([first.status, first.text, first.headers.etag]);
      expect(again.headers['idempotency-replayed']).toBe('true');
      expect(await state()).toEqual(before);
    });

    let [id, deletedId, tagId, userId, noticeId, sessionId, key] = [0, 0, 0, 0, 0, 0, ''];
    let ended: TestActor;
    const subjects = async () => {
      key = newKey();
      id = ((await as(manager).post('/api/tasks', draft())).body as { id: number }).id;
      deletedId = ((await as(manager).post('/api/tasks', draft())).body as { id: number }).id;
      await as(manager).delete(`/api/tasks/${deletedId}`);
      tagId = ((await as(manager).post('/api/tags', { name: `tag ${newKey()}` })).body as { id: number }).id;
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

    it('is tried here for every operation of the product that takes a key, but the first and those of redactions', () => {
      const taking = operations.filter(({ parameters }) => parameters.some(({ name }) => name === 'Idempotency-Key'));
      const untried = taking
        .filter(({ method, path }) => isOfProduct(path, method))
        .map(({ method, path }) => `${method} ${path}`)
        .filter((name) => changes.every(([tried]) => tried !== name));
      expect(untried).toEqual([
        'POST /api/audit/entries/{id}/redactions',
        'POST /api/audit/redactions/{id}/approve',
        'POST /api/audit/redactions/{id}/decline',
        'POST /api/tasks',
      ]);
    });

    it('is the same for any order of its members and form of its key', async () => {
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
});
