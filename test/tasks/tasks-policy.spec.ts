import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

/** 12:00 in UTC and in Accra; midnight in Fiji. */
const NOON = '2026-03-02T12:00:00Z';

describe('who may do what with tasks', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let noon: TestActor;
  let midnight: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager', { timezone: 'Pacific/Fiji' });
    auditor = await anActor(app, 'auditor');
    noon = await anActor(app, 'developer', { timezone: 'Africa/Accra' });
    midnight = await anActor(app, 'developer', { timezone: 'Pacific/Fiji' });
  });
  beforeEach(() => {
    app.clock.hold();
    app.clock.set(NOON);
  });
  afterAll(() => app.stop());

  const draft = (assigned_to: number, more: object = {}) => ({
    ...{ title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to },
    ...more,
  });
  const bulk = (who: TestActor, task_ids: number[], status = 'in_progress') =>
    as(who).post('/api/tasks/bulk-update', { task_ids, status });

  /** Every write there is, as [status, code]. */
  async function writes(who: TestActor, owner: TestActor, priority = 'medium') {
    const fresh = async () => (await aTask(app, owner.id, { priority })).id;
    const answers = {
      create: await as(who).post('/api/tasks', draft(owner.id, { priority })),
      patch: await as(who).patch(`/api/tasks/${await fresh()}`, { title: 'N' }),
      put: await as(who).put(`/api/tasks/${await fresh()}`, draft(owner.id)),
      bulk: await bulk(who, [await fresh()]),
      delete: await as(who).delete(`/api/tasks/${await fresh()}`),
    };
    return Object.fromEntries(
      Object.entries(answers).map(([verb, { status, body }]) => [verb, body?.code ?? status] as const),
    );
  }

  const DONE = { create: 201, patch: 200, put: 200, bulk: 200, delete: 204 };
  const refusedAs = (code: string) => Object.fromEntries(Object.keys(DONE).map((verb) => [verb, code]));

  it('managers: everything, for anyone, at midnight too', async () => {
    expect(await writes(manager, noon)).toEqual(DONE);
    expect(await writes(manager, midnight)).toEqual(DONE);
    expect(await writes(manager, manager)).toEqual(DONE);
  });

  it('auditors: read everything, write nothing', async () => {
    expect(await writes(auditor, noon)).toEqual(refusedAs('role_not_allowed'));
    expect(await writes(auditor, auditor, 'critical')).toEqual(refusedAs('role_not_allowed'));
    const { id } = await aTask(app, noon.id);
    for (const path of ['', '/history']) expect((await as(auditor).get(`/api/tasks/${id}${path}`)).status).toBe(200);
    expect((await as(auditor).get('/api/tasks/export.csv')).status).toBe(200);
  });

  it('developers: their own, in the daytime of their own zone', async () => {
    expect(await writes(noon, noon)).toEqual(DONE);
    expect(await writes(midnight, midnight)).toEqual(refusedAs('outside_working_hours'));
    app.clock.set('2026-03-02T22:00:00Z');
    expect(await writes(noon, noon)).toEqual(refusedAs('outside_working_hours'));
    expect(await writes(midnight, midnight)).toEqual(DONE);
  });

  it('developers at night: critical tasks, except new ones', async () => {
    expect(await writes(midnight, midnight, 'critical')).toEqual({ ...DONE, create: 'outside_working_hours' });
    const { id } = await aTask(app, midnight.id);
    const raised = await as(midnight).patch(`/api/tasks/${id}`, { priority: 'critical' });
    expect(raised.body.code).toBe('outside_working_hours');
  });

  it('no one: sees what a stranger may not know of', async () => {
    expect(await writes(noon, midnight)).toEqual({
      ...{ create: 'reassignment_not_allowed', patch: 'task_not_found', put: 'task_not_found' },
      ...{ bulk: 'some_tasks_not_found', delete: 'task_not_found' },
    });
    const { id } = await aTask(app, midnight.id, { priority: 'critical' });
    for (const path of ['', '/history']) {
      const hidden = await as(noon).get(`/api/tasks/${id}${path}`);
      const absent = await as(noon).get(`/api/tasks/${id + 100_000}${path}`);
      expect(hidden.status).toBe(404);
      const said = ({ body }: typeof hidden, of: number) => [body.code, body.title, body.detail.replace(`${of}`, '#')];
      expect(said(hidden, id)).toEqual(said(absent, id + 100_000));
    }
    const listed = (await as(noon).get('/api/tasks')).body as { assigned_to: number }[];
    expect(new Set(listed.map(({ assigned_to }) => assigned_to))).toEqual(new Set([noon.id]));
    expect((await as(noon).get(`/api/tasks?assigned_to=${midnight.id}`)).body).toEqual([]);
    expect((await as(noon).get(`/api/tasks/export.csv?assigned_to=${midnight.id}`)).text.trim()).not.toContain('\n');
    const counted = await as(noon).get('/api/tasks?include_total=true&limit=1');
    expect(Number(counted.headers['x-total-count'])).toBe(listed.length);
  });

  it('hand a task to someone else: managers alone', async () => {
    const { id } = await aTask(app, noon.id);
    for (const answer of [
      await as(noon).patch(`/api/tasks/${id}`, { assigned_to: midnight.id }),
      await as(noon).put(`/api/tasks/${id}`, draft(midnight.id)),
      await as(noon).patch(`/api/tasks/${id}`, { assigned_to: 999_999 }),
    ])
      expect([answer.status, answer.body.code]).toEqual([403, 'reassignment_not_allowed']);
    expect((await as(noon).patch(`/api/tasks/${id}`, { assigned_to: noon.id, title: 'mine' })).status).toBe(200);
    expect((await as(manager).patch(`/api/tasks/${id}`, { assigned_to: midnight.id })).status).toBe(200);
    expect((await as(noon).get(`/api/tasks/${id}`)).status).toBe(404);
    expect((await as(manager).get(`/api/tasks/${id}/history`)).body).toMatchObject([
      { action: 'reassigned', changes: { assigned_to: [noon.id, midnight.id] }, changed_by: manager.id },
    ]);
  });

  it.each([
    ['Africa/Accra', '2026-03-02T08:59:59Z', 403, '2026-03-02T09:00:00.000Z'],
    ['Africa/Accra', '2026-03-02T09:00:00Z', 200, undefined],
    ['Africa/Accra', '2026-03-02T17:59:59Z', 200, undefined],
    ['Africa/Accra', '2026-03-02T18:00:00Z', 403, '2026-03-03T09:00:00.000Z'],
    ['Asia/Kolkata', '2026-03-02T12:30:00Z', 403, '2026-03-03T03:30:00.000Z'],
    ['Asia/Kolkata', '2026-03-02T03:30:00Z', 200, undefined],
    // The night in which New York's clocks go forward: 9:00 there is 13:00 in UTC, an hour earlier than the day before.
    ['America/New_York', '2026-03-07T23:30:00Z', 403, '2026-03-08T13:00:00.000Z'],
    ['America/New_York', '2026-03-08T13:00:00Z', 200, undefined],
    ['America/New_York', '2026-03-07T13:30:00Z', 403, '2026-03-07T14:00:00.000Z'],
  ])('%s at %s: %i, allowed from %s', async (timezone, time, status, from) => {
    const developer = await anActor(app, 'developer', { timezone });
    const { id } = await aTask(app, developer.id);
    app.clock.set(time);
    const answer = await as(developer).patch(`/api/tasks/${id}`, { title: 'N' });
    expect([answer.status, answer.body.allowed_from]).toEqual([status, from]);
    if (status === 403) expect(answer.body.detail).toContain(timezone);
  });

  it('reading is allowed at any time', async () => {
    const { id } = await aTask(app, midnight.id);
    for (const path of ['', `/${id}`, `/${id}/history`, '/export.csv'])
      expect((await as(midnight).get(`/api/tasks${path}`)).status).toBe(200);
  });

  it('bulk: the one that is not allowed now is named, and none changes', async () => {
    const critical = await aTask(app, midnight.id, { priority: 'critical' });
    const plain = await aTask(app, midnight.id, { title: 'Plain one' });
    const { status, body } = await bulk(midnight, [critical.id, plain.id]);
    expect([status, body.code, body.allowed_from]).toEqual([403, 'outside_working_hours', '2026-03-02T21:00:00.000Z']);
    expect(body.detail).toContain(`task ${plain.id} "Plain one"`);
    expect((await as(manager).get(`/api/tasks/${critical.id}`)).body.status).toBe('pending');
  });

  it('a parent that one may not see is not there, but one may send it back as it was read', async () => {
    const parent = await aTask(app, midnight.id);
    const child = await aTask(app, noon.id, { parent: parent.id });
    const read = (await as(noon).get(`/api/tasks/${child.id}`)).body as object;
    const put = await as(noon).put(`/api/tasks/${child.id}`, { ...read, title: 'N' });
    expect([put.status, put.body.title, put.body.parent_task]).toEqual([200, 'N', parent.id]);
    const other = await aTask(app, noon.id);
    for (const answer of [
      await as(noon).patch(`/api/tasks/${other.id}`, { parent_task: parent.id }),
      await as(noon).post('/api/tasks', draft(noon.id, { parent_task: parent.id })),
    ])
      expect([answer.status, answer.body.code]).toEqual([404, 'parent_not_found']);
  });

  it('a task that stands against a change is named with its title only to those who may see it', async () => {
    const secret = { title: 'Not yours to know' };
    const parent = await aTask(app, noon.id);
    const running = await aTask(app, midnight.id, { ...secret, parent: parent.id, status: 'in_progress' });
    const done = await aTask(app, midnight.id, { ...secret, status: 'completed' });
    const child = await aTask(app, noon.id, { parent: done.id });
    const refusals = async (who: TestActor) =>
      Promise.all([
        as(who).patch(`/api/tasks/${parent.id}`, { status: 'completed' }),
        bulk(who, [parent.id], 'completed'),
        as(who).patch(`/api/tasks/${child.id}`, { status: 'blocked' }),
        bulk(who, [child.id], 'blocked'),
      ]);
    for (const { status, body } of await refusals(noon)) {
      const other = (body.child_id as number) ?? body.parent_id;
      expect([status, other]).toEqual([409, body.code === 'child_unfinished' ? running.id : done.id]);
      expect(body.detail).toContain(`, task ${other}, `);
      expect(JSON.stringify(body)).not.toContain(secret.title);
    }
    for (const { body } of await refusals(manager)) expect(body.detail).toContain(`"${secret.title}"`);
  });

  it('a developer deletes no task of another with their own', async () => {
    const parent = await aTask(app, noon.id);
    const child = await aTask(app, midnight.id, { parent: parent.id, title: 'Not yours to know' });
    const { status, body } = await as(noon).delete(`/api/tasks/${parent.id}`);
    expect([status, body.code]).toEqual([403, 'not_yours']);
    expect(JSON.stringify(body)).not.toContain('Not yours to know');
    expect((await as(manager).get(`/api/tasks/${child.id}`)).status).toBe(200);
  });
});
