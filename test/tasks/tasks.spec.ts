import { Client } from 'pg';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

describe('tasks', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let tags: number[];

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
    tags = [];
    for (const name of ['site', 'safety']) tags.push((await as(manager).post('/api/tags', { name })).body.id as number);
  });
  afterAll(() => app.stop());

  const draft = (more: object = {}) => ({
    ...{ title: 'Visit', estimated_hours: 8, deadline: '2100-01-01T00:00:00Z', assigned_to: developer.id },
    ...more,
  });
  const post = (more: object = {}) => as(manager).post('/api/tasks', draft(more));
  const patch = (id: number, body: object, headers = {}) => as(manager).patch(`/api/tasks/${id}`, body, headers);
  const created = async (more: object = {}) => (await post(more)).body as Record<string, unknown> & { id: number };

  it('are created with all their fields', async () => {
    const parent = await created();
    const more = { description: 'd', status: 'in_progress', priority: 'high', actual_hours: '1.5' };
    const { status, body, headers } = await post({
      ...more,
      parent_task: parent.id,
      tags: [tags[1], tags[0], tags[1]],
    });
    expect(status).toBe(201);
    expect(headers.etag).toBe('"1"');
    expect(body).toEqual({
      ...{ id: expect.any(Number), title: 'Visit', ...more, estimated_hours: '8.00', actual_hours: '1.50' },
      ...{ deadline: '2100-01-01T00:00:00.000Z', priority_escalated: false, version: 1, tags, parent_task: parent.id },
      ...{ assigned_to: developer.id, assigned_to_user: developer.username },
      ...{ created_by: manager.id, created_by_user: manager.username },
      ...{ created_at: expect.stringMatching(/^[\d-]{10}T[\d:]{8}\.\d{3}Z$/), updated_at: body.created_at },
    });
    const read = await as(manager).get(`/api/tasks/${body.id}/`);
    expect([read.body, read.headers.etag]).toEqual([body, '"1"']);
    expect(parent).toMatchObject({ status: 'pending', priority: 'medium', description: '', actual_hours: null });
  });

  const REFUSED: readonly [string, unknown][] = [
    ...['', '   ', '\u00a0\t', 'x'.repeat(256), null, 7, 'a\0b'].map((value): [string, unknown] => ['title', value]),
    ...[null, 7, 'x'.repeat(50_001), ['x']].map((value): [string, unknown] => ['description', value]),
    ...[null, 'done', '', 'COMPLETED', ['pending']].map((value): [string, unknown] => ['status', value]),
    ...[null, 'urgent', 1].map((value): [string, unknown] => ['priority', value]),
    ...[null, '', 'x', -1, '-1', 10_000, '9999.999', 1.005, '1e2', true, [8], {}].map((value): [string, unknown] => [
      'estimated_hours',
      value,
    ]),
    ...['', -1, 10_000, '1.234', false].map((value): [string, unknown] => ['actual_hours', value]),
    ...[null, '', 'tomorrow', '2026-02-30T00:00:00Z', '2026-13-01', 1_900_000_000, '2026-01-01T25:00:00Z'].map(
      (value): [string, unknown] => ['deadline', value],
    ),
    ...[null, 0, -1, 1.5, '1', 2_147_483_648, [1]].map((value): [string, unknown] => ['assigned_to', value]),
    ...[0, -1, '3', 2 ** 40].map((value): [string, unknown] => ['parent_task', value]),
    ...[null, 1, '1', ['x'], [0], [null], [2 ** 31], Array(101).fill(1)].map((value): [string, unknown] => [
      'tags',
      value,
    ]),
    ...['assignee', 'deleted_at', 'completed_at', '__proto'].map((field): [string, unknown] => [field, 1]),
  ];

  it.each(REFUSED)('refuse %s = %j, whichever way it comes, and keep what they were', async (field, value) => {
    const { id } = await aTask(app, developer.id);
    const before = (await as(manager).get(`/api/tasks/${id}`)).body;
    const answers = [
      await post({ [field]: value }),
      await patch(id, { [field]: value }),
      await as(manager).put(`/api/tasks/${id}`, draft({ [field]: value })),
    ];
    for (const { status, body, headers } of answers) {
      expect([status, headers['content-type']]).toEqual([422, expect.stringContaining('application/problem+json')]);
      expect(body.errors.map((error: { field: string }) => error.field.split('.')[0])).toContain(field);
    }
    expect((await as(manager).get(`/api/tasks/${id}`)).body).toEqual(before);
  });

  it('need a title, hours, a deadline and someone to do them', async () => {
    const { status, body } = await as(manager).post('/api/tasks', {});
    expect(status).toBe(422);
    const fields = body.errors.map(({ field }: { field: string }) => field).sort();
    expect(fields).toEqual(['assigned_to', 'deadline', 'estimated_hours', 'title']);
    expect((await as(manager).post('/api/tasks')).status).toBe(422);
  });

  it.each([
    [8, '8.00'],
    [0, '0.00'],
    ['12.5', '12.50'],
    [0.1, '0.10'],
    ['0007', '7.00'],
    [9999.99, '9999.99'],
  ])('take hours %j as %s', async (given, kept) => {
    expect(await created({ estimated_hours: given, actual_hours: given })).toMatchObject({
      ...{ estimated_hours: kept, actual_hours: kept },
    });
  });

  it.each([
    ['2026-03-01T09:30:00+05:30', '2026-03-01T04:00:00.000Z'],
    ['2026-03-01T09:30:00.1234-0800', '2026-03-01T17:30:00.123Z'],
    ['2026-03-01t09:30:00+05', '2026-03-01T04:30:00.000Z'],
    ['2026-03-01 09:30', '2026-03-01T09:30:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ])('take the deadline %s as %s', async (given, kept) => {
    expect((await created({ deadline: given })).deadline).toBe(kept);
  });

  it('trim the title, and hold titles of any script', async () => {
    expect((await created({ title: '  Visite n° 4 – 試験 🧪 ' })).title).toBe('Visite n° 4 – 試験 🧪');
    expect((await created({ title: '🧪'.repeat(255) })).title).toBe('🧪'.repeat(255));
    expect((await post({ title: 'a\ufe0f'.repeat(200) })).status).toBe(422);
  });

  it('name a tag that is deleted while they are written', async () => {
    const tag = (await as(manager).post('/api/tags', { name: 'leaving' })).body.id as number;
    const client = new Client({ connectionString: app.database.ownerUrl });
    await client.connect();
    await client.query('BEGIN');
    await client.query('DELETE FROM tags WHERE id = $1', [tag]);
    const answers = Promise.all([post({ tags: [tag] }), patch((await created()).id, { tags: [tag] })]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await client.query('COMMIT');
    await client.end();
    expect((await answers).map(({ status, body }) => [status, body.code])).toEqual(
      Array(2).fill([404, 'tag_not_found']),
    );
  });

  it('count one that is named many times once', async () => {
    const { id } = await created();
    const { status, body } = await as(manager).post('/api/tasks/bulk-update', {
      ...{ task_ids: Array(1500).fill(id), status: 'in_progress' },
    });
    expect([status, body.updated_count]).toEqual([200, 1]);
  });

  it('name the assignee, parent or tag that is not there', async () => {
    const { id } = await created();
    for (const [field, value, code] of [
      ['assigned_to', 999_999, 'assignee_not_found'],
      ['parent_task', 999_998, 'parent_not_found'],
      ['tags', [tags[0], 999_997], 'tag_not_found'],
    ] as const) {
      for (const answer of [await post({ [field]: value }), await patch(id, { [field]: value })]) {
        expect([answer.status, answer.body.code]).toEqual([404, code]);
        expect(answer.body.detail).toContain(String([value].flat().at(-1)));
      }
    }
    expect((await as(manager).get(`/api/tasks/${id}`)).body.version).toBe(1);
  });

  it('keep the fields that a PATCH leaves out, and take null where it has a meaning', async () => {
    const before = await created({ description: 'd', actual_hours: 2, tags, parent_task: (await created()).id });
    const after = (await patch(before.id, { priority: 'low' })).body;
    expect(after).toEqual({ ...before, priority: 'low', version: 2, updated_at: after.updated_at });
    const emptied = await patch(before.id, { actual_hours: null, parent_task: null, tags: [], description: '' });
    expect(emptied.body).toMatchObject({
      actual_hours: null,
      parent_task: null,
      tags: [],
      description: '',
      version: 3,
    });
    expect((await patch(before.id, {})).body).toEqual(emptied.body);
    expect((await patch(before.id, { priority: 'low' })).headers.etag).toBe('"3"');
  });

  it('ignore read-only fields that are sent back as they were read', async () => {
    const before = await created({ tags });
    const faked = { ...before, id: 1, created_by: 1, version: 99, priority_escalated: true, updated_at: 'x' };
    expect((await as(manager).put(`/api/tasks/${before.id}`, before)).body).toEqual(before);
    expect((await patch(before.id, faked)).body).toEqual(before);
    const copy = (await as(manager).post('/api/tasks', faked)).body;
    expect(copy).toMatchObject({ title: before.title, created_by: manager.id, version: 1, priority_escalated: false });
    expect(copy.id).not.toBe(before.id);
  });

  it('PUT needs what a new task needs, and keeps the optional ones left out', async () => {
    const before = await created({ description: 'd', tags, status: 'in_progress' });
    expect((await as(manager).put(`/api/tasks/${before.id}`, { title: 'T' })).status).toBe(422);
    const { body } = await as(manager).put(`/api/tasks/${before.id}`, draft({ title: 'T' }));
    expect(body).toMatchObject({ title: 'T', description: 'd', tags, status: 'in_progress', version: 2 });
  });

  it('are their own ancestors never', async () => {
    const top = await created();
    const middle = await created({ parent_task: top.id });
    const leaf = await created({ parent_task: middle.id });
    for (const parent_task of [top.id, middle.id, leaf.id]) {
      const { status, body } = await patch(top.id, { parent_task });
      expect([status, body.code]).toEqual([409, 'task_cycle']);
    }
    expect((await patch(leaf.id, { parent_task: top.id })).status).toBe(200);
    expect((await patch(middle.id, { parent_task: leaf.id })).status).toBe(200);
  });

  it('change under If-Match only as they were read', async () => {
    const { id } = await created();
    expect((await patch(id, { title: 'B' }, { 'If-Match': '"1"' })).status).toBe(200);
    const calls = [
      await patch(id, { title: 'C' }, { 'If-Match': '"1"' }),
      await as(manager).put(`/api/tasks/${id}`, draft(), { 'If-Match': '"1"' }),
      await as(manager).delete(`/api/tasks/${id}`, { 'If-Match': '"1"' }),
    ];
    for (const { status, body, headers } of calls)
      expect([status, body.code, body.current_version, headers.etag]).toEqual([412, 'stale_version', 2, '"2"']);
    const race = await Promise.all(['X', 'Y'].map((title) => patch(id, { title }, { 'If-Match': '"2"' })));
    expect(race.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await as(manager).delete(`/api/tasks/${id}`, { 'If-Match': '"3"' })).status).toBe(204);
  });

  it('leave with their children, once', async () => {
    const top = await created();
    const child = await created({ parent_task: top.id });
    expect((await as(manager).delete(`/api/tasks/${top.id}`)).status).toBe(204);
    for (const { id } of [top, child]) {
      expect((await as(manager).get(`/api/tasks/${id}`)).body.code).toBe('task_not_found');
      expect((await patch(id, { title: 'x' })).status).toBe(404);
      expect((await as(manager).delete(`/api/tasks/${id}`)).status).toBe(404);
    }
    expect((await post({ parent_task: top.id })).body.code).toBe('parent_not_found');
    for (const id of ['0', '-1', 'x', '1.5', '2147483648', '99999999999999999999', '%00'])
      expect([404, 422]).toContain((await as(manager).get(`/api/tasks/${id}`)).status);
  });
});
