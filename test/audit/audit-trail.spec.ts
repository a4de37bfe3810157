import { Client } from 'pg';
import sql from 'sql-template-tag';
import { RequestLog } from '../../src/audit/request-log/request-log.service.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

interface Entry {
  readonly action: string;
  readonly entity_id: number;
  readonly entity_version: number | null;
  readonly changes: Record<string, unknown>;
  readonly reason: string | null;
}

describe('what is recorded', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start({ REQUEST_LOG_QUEUE: '100' });
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());

  const entries = async (query: string, who = auditor) =>
    (await as(who).get(`/api/audit/entries?${query}`)).body as Entry[];
  const of = async (id: number, type = 'task') =>
    (await entries(`entity_type=${type}&entity_id=${id}`)).reverse().map(({ action, changes }) => [action, changes]);
  const draft = (more: object = {}) => ({
    ...{ title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: developer.id },
    ...more,
  });
  const logged = async (ids: string) => {
    await app.flushed();
    return app.rows<{ request_id: string; status_code: number; user_id: number | null; query: unknown }>(
      sql`SELECT * FROM api_audit_logs WHERE request_id LIKE ${`${ids}%`} ORDER BY id`,
    );
  };

  it('each write of a task, field by field', async () => {
    const { id: tag } = (await as(manager).post('/api/tags', { name: 'alpha' })).body as { id: number };
    const { id } = (await as(manager).post('/api/tasks', draft({ tags: [tag] }))).body as { id: number };
    await as(manager).patch(`/api/tasks/${id}`, { estimated_hours: 2, tags: [] });
    await as(manager).put(`/api/tasks/${id}`, draft({ title: 'U', estimated_hours: '2.00' }));
    await as(manager).post('/api/tasks/bulk-update', { task_ids: [id], status: 'blocked' });
    await as(manager).delete(`/api/tasks/${id}`);
    const [created, ...later] = await of(id);
    expect(created).toEqual([
      'task.created',
      expect.objectContaining({ title: [null, 'T'], tags: [[], [tag]], assigned_to: [null, developer.id] }),
    ]);
    expect(later).toEqual([
      ['task.updated', { estimated_hours: ['1.00', '2.00'], tags: [[tag], []] }],
      ['task.updated', { title: ['T', 'U'] }],
      ['task.updated', { status: ['pending', 'blocked'] }],
      ['task.deleted', { deleted_at: [null, expect.stringMatching(/Z$/)] }],
    ]);
    const versions = (await entries(`entity_type=task&entity_id=${id}`)).map(({ entity_version }) => entity_version);
    expect(versions).toEqual([5, 4, 3, 2, 1]);
  });

  it('each write of a tag', async () => {
    const { id } = (await as(manager).post('/api/tags', { name: ' beta ' })).body as { id: number };
    await as(manager).patch(`/api/tags/${id}`, { name: 'gamma' });
    expect((await as(manager).post('/api/tags', { name: 'GAMMA' })).body.code).toBe('tag_exists');
    const page = await as(developer).get('/api/tags?limit=1&include_total=true');
    expect([page.body.length, page.headers['x-total-count'], page.headers.link]).toEqual([
      ...[1, String((await as(developer).get('/api/tags')).body.length), expect.stringContaining('rel="next"')],
    ]);
    expect((await as(developer).get('/api/tags?colour=red')).status).toBe(422);
    const kept = ((await as(manager).post('/api/tags', { name: 'kept' })).body as { id: number }).id;
    const task = (await as(manager).post('/api/tasks', draft({ tags: [id, kept] }))).body as { id: number };
    expect((await as(manager).delete(`/api/tags/${id}`)).body.code).toBe('tag_in_use');
    await as(manager).delete(`/api/tasks/${task.id}`);
    expect((await as(manager).delete(`/api/tags/${id}`)).status).toBe(204);
    expect((await of(task.id)).slice(-2)).toEqual([
      ['task.deleted', expect.anything()],
      ['task.updated', { tags: [[id, kept].sort(), [kept]] }],
    ]);
    expect((await as(manager).patch(`/api/tags/${id}`, { name: 'x' })).body.code).toBe('no_such_tag');
    for (const who of [developer, auditor]) expect((await as(who).post('/api/tags', { name: 'no' })).status).toBe(403);
    for (const name of ['', '  ', null, 'x'.repeat(51), 5])
      expect((await as(manager).post('/api/tags', { name })).status).toBe(422);
    expect(await of(id, 'tag')).toEqual([
      ['tag.created', { name: [null, 'beta'] }],
      ['tag.updated', { name: ['beta', 'gamma'] }],
      ['tag.deleted', { name: ['gamma', null] }],
    ]);
  });

  it('cascades as well, with the reason of the change that caused them', async () => {
    const parent = await aTask(app, developer.id);
    const child = await aTask(app, developer.id, { parent: parent.id });
    const why = { 'X-Change-Reason': 'Site closed' };
    await as(manager).patch(`/api/tasks/${child.id}`, { status: 'blocked' }, why);
    const found = await entries(`entity_id=${parent.id},${child.id}&entity_type=task`);
    expect(found.map(({ action, entity_id, reason }) => [action, entity_id, reason]).sort()).toEqual([
      ['task.status_cascaded', parent.id, 'Site closed'],
      ['task.updated', child.id, 'Site closed'],
    ]);
  });

  it('a change back and forth twice, a refused or empty one never', async () => {
    const { id } = await aTask(app, developer.id, { title: 'a' });
    for (const title of ['b', 'a', 'a', '']) await as(manager).patch(`/api/tasks/${id}`, { title });
    await as(auditor).patch(`/api/tasks/${id}`, { title: 'c' });
    await as(manager).patch(`/api/tasks/${id}`, { title: 'c', parent_task: id });
    await as(manager).patch(`/api/tasks/${id}`, { title: 'c' }, { 'If-Match': '"1"' });
    expect(await of(id)).toEqual([
      ['task.updated', { title: ['a', 'b'] }],
      ['task.updated', { title: ['b', 'a'] }],
    ]);
  });

  it('is read page by page, filtered, by those who may', async () => {
    const all = await entries('limit=1000&entity_type=task,tag');
    expect(all.length).toBeGreaterThan(8);
    expect(await entries(`actor=${developer.id}&entity_type=task,tag`)).toEqual([]);
    expect((await entries('action=tag.updated,tag.deleted')).map(({ action }) => action)).toEqual([
      'tag.deleted',
      'tag.updated',
    ]);
    expect(await entries('from=2200-01-01')).toEqual([]);
    expect(await entries('to=2200-01-01&limit=1000&entity_type=task,tag')).toEqual(all);
    expect(await entries('limit=1000', manager)).toEqual(all);
    for (const query of ['limit=0', 'cursor=x', 'cursor=', 'colour=red', 'actor=x', 'from=soon', 'format=csv'])
      expect([query, (await as(auditor).get(`/api/audit/entries?${query}`)).status]).toEqual([query, 422]);
    for (const path of ['entries', 'entries/export', 'requests', 'requests/export']) {
      expect((await as(developer).get(`/api/audit/${path}`)).status).toBe(403);
      for (const method of ['delete', 'patch', 'put', 'post'] as const)
        expect([404, 405]).toContain((await as(auditor)[method](`/api/audit/${path}`)).status);
    }
  });

  it('requests of every outcome, once each and in order', async () => {
    const token = { Authorization: 'Bearer nonsense' };
    const name = (i: number) => ({ 'X-Request-Id': `all-${i}` });
    await as(manager).get('/api/tasks', name(0));
    await as(app).get('/api/tasks', { ...name(1), ...token });
    await as(developer).get('/api/audit/requests', name(2));
    await as(manager).get('/api/none', name(3));
    await as(manager).post('/api/tasks', '{"title":', { ...name(4), 'Content-Type': 'application/json' });
    await as(manager).post('/api/tasks', { title: '' }, name(5));
    await as(manager).delete('/api/tasks/999999', name(6));
    const rows = await logged('all-');
    expect(rows.map(({ request_id, status_code }) => [request_id, status_code])).toEqual(
      [200, 401, 403, 404, 400, 422, 404].map((status, i) => [`all-${i}`, status]),
    );
    expect([rows[0]?.user_id, rows[1]?.user_id, rows[2]?.user_id]).toEqual([manager.id, null, developer.id]);
    const parallel = await Promise.all(
      Array.from({ length: 40 }, (_, i) => as(manager).get('/api/tags', { 'X-Request-Id': `many-${i}` })),
    );
    expect(new Set((await logged('many-')).map(({ request_id }) => request_id)).size).toBe(parallel.length);
  });

  it('requests with any text, none of which stops the log', async () => {
    const texts = ['\\u0000', '\\\\u0000', '\u0000', '\\ud800', '"\\', '\ufffd🧪', '\\'];
    for (const [i, text] of texts.entries())
      await as(app).get(`/api/none?path=${encodeURIComponent(text)}`, { 'X-Request-Id': `text-${i}` });
    const rows = await logged('text-');
    expect(rows.map(({ query }) => query)).toEqual(texts.map((text) => ({ path: text === '\u0000' ? '?' : text })));
  });

  it('requests that were held up, in order, and says how many it had no room for', async () => {
    const client = new Client({ connectionString: app.database.ownerUrl });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE api_audit_logs IN ACCESS EXCLUSIVE MODE');
    for (let i = 0; i < 110; i++)
      await as(app).get('/api/tags', { 'X-Request-Id': `held-${String(i).padStart(3, '0')}` });
    const { text } = await as(app).get('/metrics');
    await client.query('COMMIT');
    await client.end();
    expect(text).toMatch(/^ctms_request_log_dropped_total 10$/m);
    expect(text).toMatch(/^ctms_request_log_queued 100$/m);
    const rows = (await logged('held-')).map(({ request_id }) => request_id);
    expect(rows).toEqual(Array.from({ length: 100 }, (_, i) => `held-${String(i).padStart(3, '0')}`));
    await app.nest.get(RequestLog).flush();
    expect(app.log.join('\n')).toContain('Requests are missing in the request log');
  });
});
