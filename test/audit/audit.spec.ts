import sql, { raw } from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

describe('the audit', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());

  const entriesOf = async (id: number) =>
    (await as(auditor).get(`/api/audit/entries?entity_type=task&entity_id=${id}`)).body;

  it('has an entry for every change, with before, after, why and where from', async () => {
    const { id } = await aTask(app, developer.id, { title: 'A' });
    const reason = Buffer.from('typo – corrected').toString('latin1');
    const headers = { authorization: `Bearer ${manager.token}`, 'x-change-reason': reason, 'x-request-id': 'req-1' };
    await app.nest.inject({ method: 'PATCH', url: `/api/tasks/${id}`, headers, payload: { title: 'B' } });
    await as(manager).patch(`/api/tasks/${id}`, { title: 'A' });
    await as(manager).patch(`/api/tasks/${id}`, { title: 'A' });
    await as(manager).patch(`/api/tasks/${id}`, { title: ' ' });
    await as(auditor).patch(`/api/tasks/${id}`, { title: 'C' });
    const entries = await entriesOf(id);
    expect(entries.map(({ changes }: { changes: unknown }) => changes)).toEqual([
      { title: ['B', 'A'] },
      { title: ['A', 'B'] },
    ]);
    expect(entries[1]).toMatchObject({
      ...{
        action: 'task.updated',
        entity_version: 2,
        actor_id: manager.id,
        actor_name: manager.username,
        actor_role: 'manager',
      },
      ...{ request_id: 'req-1', session_id: manager.sessionId, ip_address: expect.stringContaining('127.0.0.1') },
      occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    });
    expect(entries[1].reason).toBe('typo – corrected');
  });

  it('outlives the task', async () => {
    const { id } = await aTask(app, developer.id);
    await as(manager).delete(`/api/tasks/${id}`);
    expect((await entriesOf(id)).map(({ action }: { action: string }) => action)).toEqual(['task.deleted']);
    expect((await as(auditor).get(`/api/tasks/${id}/history`)).status).toBe(200);
    expect((await as(manager).get(`/api/tasks/${id}/history`)).status).toBe(404);
  });

  it('pages and exports', async () => {
    for (let i = 0; i < 5; i++) await as(manager).post('/api/tags', { name: `tag ${i}` });
    const seen: number[] = [];
    let path: string | undefined = '/api/audit/entries?entity_type=tag&limit=2';
    while (path) {
      const { body, headers }: { body: { id: number }[]; headers: Record<string, string> } =
        await as(auditor).get(path);
      seen.push(...body.map(({ id }) => id));
      path = /<(.*)>/.exec(headers.link ?? '')?.[1];
    }
    expect(seen).toHaveLength(5);
    expect(seen).toEqual([...seen].sort((a, b) => b - a));
    const lines = (await as(auditor).get('/api/audit/entries/export?entity_type=tag')).text ?? '';
    const ndjson = await app.nest.inject({
      url: '/api/audit/entries/export?entity_type=tag',
      headers: { authorization: `Bearer ${auditor.token}` },
    });
    expect(
      ndjson.body
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual(Array(5).fill(expect.objectContaining({ id: expect.any(Number), action: 'tag.created' })));
    const csv = await as(auditor).get('/api/audit/entries/export?entity_type=tag&format=csv');
    expect(csv.text.trim().split('\n')).toHaveLength(6);
    expect(lines).not.toContain('<html');
  });

  it('logs every request in order, refused ones too, with masked bodies', async () => {
    await as(app).get('/api/tasks', { 'X-Request-Id': 'log-1' });
    await as(app).post(
      '/api/auth/login',
      { username: 'my secret by mistake', password: 'hunter2hunter2' },
      { 'X-Request-Id': 'log-2' },
    );
    await as(manager).post('/api/tasks', { title: 'Not seen', secret: 'hidden' }, { 'X-Request-Id': 'log-3' });
    await as(manager).get('/api/nowhere?token=abc&q=sought&status=shown', { 'X-Request-Id': 'log-4' });
    await as(manager).post('/api/tags', { name: 'Seen' }, { 'X-Request-Id': 'log-5' });
    await app.flushed();
    const rows = await app.rows<Record<string, unknown>>(
      sql`SELECT * FROM api_audit_logs WHERE request_id LIKE 'log-%' ORDER BY id`,
    );
    expect(rows.map(({ request_id, status_code }) => [request_id, status_code])).toEqual([
      ['log-1', 401],
      ['log-2', 401],
      ['log-3', 422],
      ['log-4', 404],
      ['log-5', 201],
    ]);
    expect(rows[1]).toMatchObject({
      request_body: { username: '***', password: '***' },
      response_body: { code: 'wrong_credentials' },
    });
    expect(rows[2]).toMatchObject({ request_body: { title: '***', secret: '***' }, username: manager.username });
    expect(rows[3]).toMatchObject({ path: '/api/nowhere', query: { token: '***', q: '***', status: 'shown' } });
    expect(rows[4]).toMatchObject({ request_body: { name: 'Seen' }, response_body: null });
  });

  it('cannot be changed even by a superuser, whatever the statement', async () => {
    for (const table of ['audit_trail', 'api_audit_logs', 'task_history']) {
      for (const statement of [
        `UPDATE ${table} SET ${table === 'api_audit_logs' ? 'path = path' : 'action = action'}`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ]) {
        await expect(app.rows(raw(statement))).rejects.toThrow(/kept as they are/);
      }
    }
  });

  it('refuses a change that cannot be recorded', async () => {
    const { id } = await aTask(app, developer.id, { title: 'Kept' });
    await app.rows(sql`ALTER TABLE audit_trail ADD CONSTRAINT closed CHECK (false) NOT VALID`);
    const answer = await as(manager).patch(`/api/tasks/${id}`, { title: 'Lost' });
    await app.rows(sql`ALTER TABLE audit_trail DROP CONSTRAINT closed`);
    expect([answer.status, answer.body.code]).toEqual([503, 'not_recorded']);
    expect((await as(manager).get(`/api/tasks/${id}`)).body.title).toBe('Kept');
  });
});
