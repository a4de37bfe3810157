import { Client } from 'pg';
import sql from 'sql-template-tag';
import { RequestLog } from '../../../src/audit/request-log/request-log.service.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { AT_ONCE, TestApp } from '../../support/app.js';

describe('the request log has', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start({ ...AT_ONCE, REQUEST_LOG_QUEUE: '100' });
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());

  const logged = async (ids: string) => {
    await app.flushed();
    return app.rows<{ request_id: string; status_code: number; user_id: number | null; query: unknown }>(
      sql`SELECT * FROM api_audit_logs WHERE request_id LIKE ${`${ids}%`} ORDER BY id`,
    );
  };

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

  it('with masked bodies, addresses and queries', async () => {
    await as(app).get('/api/tasks', { 'X-Request-Id': 'log-1' });
    await as(app).post(
      '/api/auth/login',
      { username: 'my secret by mistake', password: 'hunter2hunter2' },
      { 'X-Request-Id': 'log-2' },
    );
    await as(manager).post('/api/tasks', { title: 'Not seen', secret: 'hidden' }, { 'X-Request-Id': 'log-3' });
    await as(manager).get('/api/nowhere?token=abc&q=sought&status=shown', { 'X-Request-Id': 'log-4' });
    await as(manager).post('/api/tags', { name: 'Seen' }, { 'X-Request-Id': 'log-5' });
    const rows = await logged('log-');
    expect(rows[1]).toMatchObject({
      request_body: { username: '***', password: '***' },
      response_body: { code: 'wrong_credentials' },
    });
    expect(rows[2]).toMatchObject({ request_body: { title: '***', secret: '***' }, username: manager.username });
    expect(rows[3]).toMatchObject({ path: '/api/nowhere', query: { token: '***', q: '***', status: 'shown' } });
    expect(rows[4]).toMatchObject({ request_body: { name: 'Seen' }, response_body: null });
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
