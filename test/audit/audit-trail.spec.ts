import { Client } from 'pg';
import sql, { raw } from 'sql-template-tag';
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

describe('the audit trail', () => {
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

  const entries = async (query: string, who = auditor) =>
    (await as(who).get(`/api/audit/entries?${query}`)).body as Entry[];
  const of = async (id: number, type = 'task') =>
    (await entries(`entity_type=${type}&entity_id=${id}`)).reverse().map(({ action, changes }) => [action, changes]);
  const draft = (more: object = {}) => ({
    ...{ title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: developer.id },
    ...more,
  });
  it('has each write of a task, field by field', async () => {
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

  it('has each write of a tag', async () => {
    const { id } = (await as(manager).post('/api/tags', { name: ' beta ' })).body as { id: number };
    await as(manager).patch(`/api/tags/${id}`, { name: 'gamma' });
    expect((await as(manager).post('/api/tags', { name: 'GAMMA' })).body.code).toBe('tag_exists');
    // A tag may be sent back as it was read.
    const { body: read } = await as(manager).get(`/api/tags/${id}`);
    expect((await as(manager).patch(`/api/tags/${id}`, read as object)).status).toBe(200);
    expect((await as(manager).post('/api/tags', read as object)).body.code).toBe('tag_exists');
    await as(manager).post('/api/tags', { name: 'beside it' });
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

  it('has cascades as well, with the reason of the change that caused them', async () => {
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

  it('has a change back and forth twice, a refused or empty one never', async () => {
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
    const { id } = (await as(manager).post('/api/tags', { name: 'Filtered' })).body as { id: number };
    await as(manager).patch(`/api/tags/${id}`, { name: 'Found' });
    await as(manager).delete(`/api/tags/${id}`);
    const all = await entries('limit=1000&entity_type=task,tag');
    expect(all.length).toBeGreaterThan(2);
    expect(await entries(`actor=${developer.id}&entity_type=task,tag`)).toEqual([]);
    const changes = await entries(`action=tag.updated,tag.deleted&entity_type=tag&entity_id=${id}`);
    expect(changes.map(({ action }) => action)).toEqual(['tag.deleted', 'tag.updated']);
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

  it('says who, when, why and where from', async () => {
    const { id } = await aTask(app, developer.id, { title: 'A' });
    const reason = Buffer.from('typo – corrected').toString('latin1');
    const headers = { authorization: `Bearer ${manager.token}`, 'x-change-reason': reason, 'x-request-id': 'req-1' };
    await app.nest.inject({ method: 'PATCH', url: `/api/tasks/${id}`, headers, payload: { title: 'B' } });
    expect(await entries(`entity_type=task&entity_id=${id}`)).toMatchObject([
      {
        action: 'task.updated',
        entity_version: 2,
        actor_id: manager.id,
        actor_name: manager.username,
        actor_role: 'manager',
        request_id: 'req-1',
        session_id: manager.sessionId,
        ip_address: expect.stringContaining('127.0.0.1'),
        occurred_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        reason: 'typo – corrected',
      },
    ]);
  });

  it('outlives its record', async () => {
    const { id } = await aTask(app, developer.id);
    await as(manager).delete(`/api/tasks/${id}`);
    expect((await of(id)).map(([action]) => action)).toEqual(['task.deleted']);
    expect((await as(auditor).get(`/api/tasks/${id}/history`)).status).toBe(200);
    expect((await as(manager).get(`/api/tasks/${id}/history`)).status).toBe(404);
  });

  it('is exported in batches that are as small as its entries are long', async () => {
    await app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, changes)
      SELECT 'asha', 'manager', 'sample.updated', 'sample', n, jsonb_build_object('text', jsonb_build_array(null, repeat('x', 50000)))
      FROM generate_series(1, 120) n`);
    const query = jest.spyOn(Client.prototype, 'query');
    const { text } = await as(auditor).get('/api/audit/entries/export?entity_type=sample');
    const sizes = query.mock.calls.flatMap(([asked]) => {
      const statement = (asked as { text?: string }).text ?? String(asked);
      return [/^FETCH (\d+)/.exec(statement)?.[1] ?? []].flat().map(Number);
    });
    query.mockRestore();
    expect(text.trim().split('\n')).toHaveLength(120);
    // Half a MiB has ten of them.
    expect(sizes.length).toBeGreaterThan(10);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(25);
  });

  it('is read in pages that make up the whole, and exported as NDJSON and CSV', async () => {
    for (let i = 0; i < 3; i++) await as(manager).post('/api/tags', { name: `page ${i}` });
    const whole = (await entries('entity_type=tag')) as (Entry & { id: number })[];
    const seen: number[] = [];
    let path: string | undefined = '/api/audit/entries?entity_type=tag&limit=2';
    while (path) {
      const { body, headers }: { body: { id: number }[]; headers: Record<string, string> } =
        await as(auditor).get(path);
      seen.push(...body.map(({ id }) => id));
      path = /<(.*)>/.exec(headers.link ?? '')?.[1];
    }
    expect(seen).toEqual(whole.map(({ id }) => id));
    expect(seen).toEqual([...seen].sort((a, b) => b - a));
    const ndjson = await app.nest.inject({
      url: '/api/audit/entries/export?entity_type=tag',
      headers: { authorization: `Bearer ${auditor.token}` },
    });
    const lines = ndjson.body.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: number }).id).sort((a, b) => b - a)).toEqual(seen);
    const csv = await as(auditor).get('/api/audit/entries/export?entity_type=tag&format=csv');
    expect(csv.text.trim().split('\n')).toHaveLength(seen.length + 1);
  });

  it('cannot be changed even by a superuser, with any statement', async () => {
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
