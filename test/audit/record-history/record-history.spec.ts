import sql from 'sql-template-tag';
import { Database } from '../../../src/infrastructure/database/database.js';
import { DeniedAccessRecorder } from '../../../src/audit/access-log/denied-access.recorder.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { AT_ONCE, TestApp } from '../../support/app.js';
import { Device, PASSWORD } from '../../support/device.js';
import { aTask } from '../../support/factories.js';
import { PBKDF2 } from '../../support/legacy.js';

interface Entry {
  readonly id: number;
  readonly action: string;
  readonly actor_name: string;
  readonly changes: Record<string, [unknown, unknown]>;
  readonly sentence: string;
}

describe('reading the audit', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start(AT_ONCE);
    manager = await anActor(app, 'manager', { username: 'meera' });
    auditor = await anActor(app, 'auditor', { username: 'omar' });
    developer = await anActor(app, 'developer', { username: 'asha' });
  });
  afterAll(() => app.stop());

  const entries = async (query: string, who = auditor) =>
    (await as(who).get(`/api/audit/entries?${query}`)).body as Entry[];
  const sentences = async (query: string) => (await entries(query)).map(({ sentence }) => sentence).reverse();
  const newTask = async (more: object = {}) => {
    const draft = { title: 'Visit 4', estimated_hours: 1, deadline: '2027-03-03T09:30:00Z', assigned_to: developer.id };
    return (await as(manager).post('/api/tasks', { ...draft, ...more })).body.id as number;
  };
  /** Runs `work` while nothing can be written to the trail. */
  const withoutTrail = async <T>(work: () => Promise<T>): Promise<T> => {
    await app.rows(sql`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'disk full' USING ERRCODE = 'check_violation'; END $$;
      CREATE TRIGGER broken BEFORE INSERT ON audit_trail FOR EACH ROW EXECUTE FUNCTION broken()`);
    try {
      return await work();
    } finally {
      await app.rows(sql`DROP TRIGGER broken ON audit_trail; DROP FUNCTION broken`);
    }
  };

  it('describes each change in a sentence, with the names of people and tags', async () => {
    const { id: tag } = (await as(manager).post('/api/tags', { name: 'urgent' })).body as { id: number };
    const id = await newTask();
    const patch = (body: object) => as(manager).patch(`/api/tasks/${id}`, body);
    await patch({ status: 'in_progress' });
    await patch({ deadline: '2027-03-10T09:30:00Z', tags: [tag] });
    await patch({ assigned_to: manager.id });
    await as(manager).delete(`/api/tasks/${id}`);
    expect(await sentences(`entity_type=task&entity_id=${id}`)).toEqual([
      'meera created "Visit 4" for asha, due 3 March 2027, 09:30 (UTC)',
      'meera started "Visit 4"',
      'meera tagged "Visit 4" with "urgent" and moved its deadline from 3 March 2027, 09:30 to 10 March 2027, 09:30 (UTC)',
      'meera handed "Visit 4" from asha to meera',
      'meera deleted "Visit 4"',
    ]);
  });

  it('leaves no action of the product to general words', async () => {
    const recorded = await app.rows<{ action: string }>(sql`SELECT DISTINCT action FROM audit_trail`);
    expect(recorded.length).toBeGreaterThan(3);
    for (const { sentence } of await entries('limit=1000')) expect(sentence).not.toMatch(/undefined|null|\[object/);
  });

  it('finds entries by field, reason, text and session', async () => {
    const id = await newTask({ title: 'Find me' });
    const other = await newTask({ title: 'Other' });
    await as(manager).patch(
      `/api/tasks/${id}`,
      { priority: 'high', description: 'a "quoted" wörd 100%' },
      { 'X-Change-Reason': 'Site CLOSED early' },
    );
    await as(manager).patch(`/api/tasks/${other}`, { priority: 'low' });
    const of = async (query: string) =>
      (await entries(`entity_id=${id},${other}&entity_type=task&${query}`)).map(({ action }) => action);
    expect(await of('field=description&action=task.updated')).toEqual(['task.updated']);
    expect(await of('field=priority,description&action=task.updated')).toHaveLength(2);
    expect(await of('field=status')).toEqual(['task.created', 'task.created']);
    expect(await of('reason=closed')).toEqual(['task.updated']);
    expect(await of(`q=${encodeURIComponent('"quoted" WÖRD 100%')}`)).toEqual(['task.updated']);
    expect(await of('q=find%20ME')).toHaveLength(2);
    expect(await of('q=priority')).toEqual([]);
    expect(await of(`session=${manager.sessionId}&q=meera`)).toHaveLength(4);
    expect(await of(`session=${auditor.sessionId}`)).toEqual([]);
    for (const bad of ['field=', 'reason=', 'q=', 'session=x', 'q=a&q=b'])
      expect([bad, (await as(auditor).get(`/api/audit/entries?${bad}`)).status]).toEqual([bad, 422]);
  });

  it('shows the history of a record, page by page, to those who may read it', async () => {
    const id = await newTask({ title: 'Long life' });
    for (const title of ['b', 'c', 'd']) await as(manager).patch(`/api/tasks/${id}`, { title });
    await as(manager).delete(`/api/tasks/${id}`);
    const first = await as(auditor).get(`/api/audit/entities/task/${id}?limit=3`);
    expect(first.body).toMatchObject({
      ...{ type: 'task', id, name: 'd', version: 5, entry_count: 5 },
      created: { by: 'meera', action: 'task.created', at: expect.stringMatching(/\.\d{6}Z$/) as string },
      current: { title: 'd', status: 'pending', deleted_at: expect.stringMatching(/Z$/) as string },
      entries: [{ action: 'task.created' }, { action: 'task.updated' }, { sentence: 'meera renamed "b" to "c"' }],
    });
    const next = /<(.*)>/.exec(first.headers.link as string)?.[1] as string;
    const second = await as(manager).get(next);
    expect(second.body.entries.map(({ action }: Entry) => action)).toEqual(['task.updated', 'task.deleted']);
    expect(second.headers.link).toBeUndefined();
    const { id: tag } = (await as(manager).post('/api/tags', { name: 'short' })).body as { id: number };
    await as(manager).delete(`/api/tags/${tag}`);
    expect((await as(manager).get(`/api/audit/entities/tag/${tag}`)).body).toMatchObject({
      name: 'short',
      current: null,
    });
    await as(manager).patch(`/api/auth/users/${developer.id}`, { timezone: 'Europe/Berlin', reason: 'Moved' });
    const user = `/api/audit/entities/user/${developer.id}`;
    expect((await as(auditor).get(user)).body).toMatchObject({ created: null, current: { timezone: 'Europe/Berlin' } });
    for (const [who, path] of [
      [manager, user],
      [auditor, '/api/audit/entities/task/999999'],
      [auditor, '/api/audit/entities/nothing/1'],
    ] as const)
      expect((await as(who).get(path)).body.code).toBe('no_entries');
    expect((await as(developer).get(`/api/audit/entities/task/${id}`)).status).toBe(403);
    await as(manager).patch(`/api/auth/users/${developer.id}`, { timezone: 'UTC', reason: 'Back' });
  });

  it('is an entry itself, as are exports', async () => {
    await as(auditor).get('/api/audit/entries?actor=7&limit=5');
    await as(auditor).get('/api/audit/requests?path=/api/x');
    await as(manager).get('/api/audit/entries/export?entity_type=tag');
    await as(auditor).get('/api/audit/requests/export?format=csv&from=2200-01-01');
    await as(developer).get('/api/tasks/export.csv?status=blocked');
    await as(auditor).get('/api/audit/entities/tag/1');
    const recorded = await sentences('action=audit.read,audit.exported,tasks.exported&limit=6');
    expect(recorded).toEqual([
      'omar read the audit trail where actor=7, limit=5',
      'omar read the request log where path=/api/x',
      'meera exported the audit trail where entity_type=tag',
      'omar exported the request log where from=2200-01-01, format=csv',
      'asha exported tasks as CSV where status=blocked',
      'omar read the life of tag 1',
    ]);
    const before = await app.rows(sql`SELECT FROM audit_trail WHERE action = 'audit.read'`);
    expect((await as(auditor).get('/api/audit/entries?cursor=x')).status).toBe(422);
    expect(await app.rows(sql`SELECT FROM audit_trail WHERE action = 'audit.read'`)).toHaveLength(before.length);
  });

  it('exports sentences as NDJSON and CSV', async () => {
    const id = await newTask({ title: 'Exported' });
    const path = `/api/audit/entries/export?entity_type=task&entity_id=${id}`;
    const lines = await app.nest.inject({ url: path, headers: { authorization: `Bearer ${auditor.token}` } });
    const sentence = 'meera created "Exported" for asha, due 3 March 2027, 09:30 (UTC)';
    expect(JSON.parse(lines.body)).toMatchObject({ action: 'task.created', sentence });
    expect(Object.keys(JSON.parse(lines.body) as object)).not.toContain('users');
    const { text } = await as(auditor).get(`${path}&format=csv`);
    const [header, row] = text.split('\r\n');
    expect(header?.endsWith(',"sentence"')).toBe(true);
    expect(row?.endsWith(`"${sentence.replaceAll('"', '""')}"`)).toBe(true);
    expect(row).toMatch(/^"\d+","\d{4}-/);
  });

  it.each(['entries', 'requests'])('exports %s with a byte order mark as CSV alone', async (record) => {
    const url = `/api/audit/${record}/export?bom=true`;
    const headers = { authorization: `Bearer ${auditor.token}` };
    const { rawPayload } = await app.nest.inject({ url: `${url}&format=csv&from=2200-01-01`, headers });
    expect(rawPayload.subarray(0, 7).toString('latin1')).toBe('\u00ef\u00bb\u00bf"id"');
    const { status, body } = await as(auditor).get(url);
    expect([status, body.detail]).toEqual([422, 'bom=true needs format=csv']);
  });

  it('and everything else needs a trail that can be written: what cannot be recorded does not happen', async () => {
    const { id } = await aTask(app, developer.id, { title: 'Kept' });
    const known = await newTask();
    const device = new Device(app);
    const answers = await withoutTrail(async () => [
      await as(manager).patch(`/api/tasks/${id}`, { title: 'Lost' }),
      await as(manager).post('/api/tasks/bulk-update', { task_ids: [id], status: 'blocked' }),
      await as(manager).delete(`/api/tasks/${id}`),
      await as(manager).post('/api/tags', { name: 'lost' }),
      await as(manager).patch(`/api/auth/users/${developer.id}`, { role: 'auditor', reason: 'Lost' }),
      await as(app).post('/api/auth/register', { username: 'lost', email: 'lost@mail.test', password: PASSWORD }),
      await device.login('asha', 'wrong password'),
      await as(manager).get('/api/tasks/export.csv'),
      await as(auditor).get('/api/audit/entries'),
      await as(auditor).get('/api/audit/requests/export'),
      await as(auditor).get(`/api/audit/entities/task/${known}`),
      await as(auditor).get('/api/tasks?as_of=2026-01-01'),
    ]);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(answers.map(() => [503, 'not_recorded']));
    expect((await as(manager).get(`/api/tasks/${id}`)).body).toMatchObject({
      title: 'Kept',
      status: 'pending',
      version: 1,
    });
    expect(await app.rows(sql`SELECT FROM tags WHERE name = 'lost'`)).toEqual([]);
    expect(await app.rows(sql`SELECT FROM users WHERE username = 'lost'`)).toEqual([]);
    expect(await app.rows(sql`SELECT FROM task_history WHERE task_id = ${id}`)).toEqual([]);
  });

  describe('has refusals:', () => {
    const refusals = (who: TestActor) => entries(`action=access.refused&actor=${who.id}&limit=1000`);

    it('each 403, and each change of what is not there or not theirs', async () => {
      const dev = await anActor(app, 'developer', { username: 'ravi', timezone: 'UTC' });
      app.clock.set('2026-03-02T03:00:00Z');
      const { id } = await aTask(app, dev.id);
      const foreign = await aTask(app, developer.id);
      await as(dev).patch(`/api/tasks/${id}`, { title: 'x' });
      await as(dev).get('/api/audit/requests');
      await as(dev).get(`/api/tasks/${foreign.id}`);
      await as(dev).post('/api/tags', { name: 'x' });
      app.clock.set('2026-03-02T12:00:00Z');
      await as(dev).delete(`/api/tasks/${foreign.id}`);
      await as(dev).patch(`/api/tasks/${id}`, { title: '' });
      await as(dev).patch(`/api/tasks/${id}`, { title: 'x' }, { 'If-Match': '"9"' });
      app.clock.reset();
      expect((await refusals(dev)).map(({ sentence }) => sentence).reverse()).toEqual([
        `ravi was refused PATCH /api/tasks/{id} on task ${id} (outside working hours)`,
        'ravi was refused GET /api/audit/requests (role not allowed)',
        'ravi was refused POST /api/tags (role not allowed)',
        `ravi was refused DELETE /api/tasks/{id} on task ${foreign.id} (task not found)`,
      ]);
      expect(await entries('action=access.refused', manager)).toEqual([]);
    });

    it('a flood of them summed up, so that none of it becomes a load', async () => {
      const dev = await anActor(app, 'developer');
      const answers = await Promise.all(Array.from({ length: 60 }, () => as(dev).post('/api/tags', { name: 'x' })));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
      expect(await refusals(dev)).toHaveLength(10);
      app.nest.get(DeniedAccessRecorder, { strict: false }).flushAggregates();
      const [sum, ...singles] = await refusals(dev);
      expect(singles).toHaveLength(10);
      expect(sum?.changes).toEqual({
        ...{ operation: [null, 'POST /api/tags'], code: [null, 'role_not_allowed'], times: [null, 50] },
      });
    });

    it('which answer all the same where they cannot be recorded, and are logged', async () => {
      const answer = await withoutTrail(async () => {
        const refused = await as(developer).post('/api/tags', { name: 'x' });
        await app.flushed();
        return refused;
      });
      expect(answer.status).toBe(403);
      expect(app.log.join('\n')).toContain('A denied request could not be recorded in the audit trail');
    });

    it('of log-ins with the right password as well', async () => {
      const member = new Device(app);
      const account = { username: 'locked', email: 'locked@mail.test', password: PASSWORD };
      const { token } = await member
        .post('/api/auth/register', account)
        .then(({ body }) => ({ token: body.verification_token as string }));
      expect((await member.login('locked')).status).toBe(403);
      await member.post('/api/auth/verify-email', { token });
      const [user] = await app.rows<{ id: number }>(sql`SELECT id FROM users WHERE username = 'locked'`);
      await as(manager).patch(`/api/auth/users/${user?.id}`, { is_active: false, reason: 'Left' });
      expect((await member.login('locked')).status).toBe(403);
      expect(await sentences(`action=user.login_failed&entity_id=${user?.id}`)).toEqual([
        'Someone failed to sign in as locked (email not verified)',
        'Someone failed to sign in as locked (user inactive)',
      ]);
    });
  });

  it('shows the renewal of an old hash, with nothing of either', async () => {
    await app.rows(sql`UPDATE users SET hashed_password = ${PBKDF2} WHERE id = ${developer.id}`);
    expect((await new Device(app).login('asha', 'old-Password-1')).status).toBe(200);
    const [login] = await entries(`action=user.logged_in&entity_id=${developer.id}`);
    expect(login?.changes.password_kind).toEqual(['pbkdf2_sha256', 'bcrypt_sha256$$2b$04']);
    expect(login?.sentence).toBe('asha signed in, which renewed the hash of the password');
  });

  it('uses indexes for its filters at size', async () => {
    await app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, changes, reason, session_id)
      SELECT 'many', 'manager', 'task.updated', 'task', 1000 + n % 5000,
        CASE WHEN n % 20000 = 0 THEN '{"rare": [1, 2]}'::jsonb ELSE '{"title": ["a", "b"]}'::jsonb END,
        CASE WHEN n % 10000 = 0 THEN 'because' END, 1 + n % 3000 FROM generate_series(1, 100000) n`);
    await app.rows(sql`ANALYZE audit_trail`);
    const plan = async (where: string) => {
      const text = `EXPLAIN SELECT * FROM audit_trail a WHERE ${where} ORDER BY a.id DESC LIMIT 101`;
      return JSON.stringify((await app.nest.get(Database).pool.query(text)).rows);
    };
    expect(await plan(`jsonb_path_query_array(a.changes, '$.keyvalue().key') ?| ARRAY['rare']`)).toContain(
      'audit_trail_fields_idx',
    );
    expect(await plan(`a.reason IS NOT NULL AND a.reason ILIKE '%rare%'`)).toContain('audit_trail_reason_idx');
    expect(await plan('a.session_id = ANY(ARRAY[7])')).toContain('audit_trail_session_idx');
    const life = `EXPLAIN SELECT last_changes(changes ORDER BY id) FROM audit_trail WHERE entity_type = 'task' AND entity_id = 1007`;
    expect(JSON.stringify((await app.nest.get(Database).pool.query(life)).rows)).toContain('audit_trail_entity_idx');
    expect(await entries('field=rare')).toHaveLength(5);
  });
});
