import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

const DAY = '2026-03-02T12:00:00Z';
const NIGHT = '2026-03-02T23:00:00Z';

describe('outside working hours, where only a critical of a manager counts', () => {
  let app: TestApp;
  let manager: TestActor;
  let dev: TestActor;

  beforeAll(async () => {
    app = await TestApp.start({ CRITICAL_GIVEN_BY: 'manager', CRITICAL_COVERS: 'changes' });
    manager = await anActor(app, 'manager');
    dev = await anActor(app, 'developer');
  });
  beforeEach(() => app.clock.set(DAY));
  afterAll(() => app.stop());

  const draft = (more: object = {}) => ({
    ...{ title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: dev.id },
    ...more,
  });
  const created = async (who: TestActor, more: object = {}) =>
    ((await as(who).post('/api/tasks', draft(more))).body as { id: number }).id;
  const bulk = (ids: number[], status: string) => as(dev).post('/api/tasks/bulk-update', { task_ids: ids, status });
  const code = ({ status, body }: { status: number; body: { code?: string } }) => body?.code ?? status;
  const CLOSED = 'outside_working_hours';

  it('a critical of a manager may be changed, by every way, and not deleted', async () => {
    const ids = await Promise.all([1, 2, 3].map(() => created(manager, { priority: 'critical' })));
    const raised = await created(dev);
    await as(manager).patch(`/api/tasks/${raised}`, { priority: 'critical' });
    app.clock.set(NIGHT);
    expect(code(await as(dev).patch(`/api/tasks/${ids[0]}`, { title: 'N', tags: [] }))).toBe(200);
    expect(code(await as(dev).put(`/api/tasks/${ids[1]}`, draft({ priority: 'critical' })))).toBe(200);
    expect(code(await bulk([ids[2] as number, raised], 'in_progress'))).toBe(200);
    const refused = await as(dev).delete(`/api/tasks/${ids[0]}`);
    expect([refused.status, refused.body.code, refused.body.allowed_from]).toEqual([
      403,
      CLOSED,
      '2026-03-03T09:00:00.000Z',
    ]);
    expect(refused.body.detail).toContain('may be changed, but not deleted');
    app.clock.set(DAY);
    expect(code(await as(dev).delete(`/api/tasks/${ids[0]}`))).toBe(204);
  });

  it('one that the developer, or the escalation, made critical may not', async () => {
    const own = await created(dev, { priority: 'critical' });
    const raised = await created(dev);
    await as(dev).patch(`/api/tasks/${raised}`, { priority: 'critical' });
    const lowered = await created(manager, { priority: 'critical' });
    await as(dev).patch(`/api/tasks/${lowered}`, { priority: 'high' });
    await as(dev).patch(`/api/tasks/${lowered}`, { priority: 'critical' });
    const unknown = (await aTask(app, dev.id, { priority: 'critical' })).id;
    const escalated = await created(dev, { priority: 'high' });
    await app.rows(sql`UPDATE tasks SET priority = 'critical', critical_given_by = 'system' WHERE id = ${escalated}`);
    app.clock.set(NIGHT);
    for (const id of [own, raised, lowered, unknown, escalated]) {
      const refused = await as(dev).patch(`/api/tasks/${id}`, { title: 'N' });
      expect([id, code(refused), refused.body.allowed_from]).toEqual([id, CLOSED, '2026-03-03T09:00:00.000Z']);
      expect(refused.body.detail).toContain('only where a manager made it so');
      expect(code(await as(dev).put(`/api/tasks/${id}`, draft()))).toBe(CLOSED);
      expect(code(await bulk([id], 'in_progress'))).toBe(CLOSED);
      expect(code(await as(dev).delete(`/api/tasks/${id}`))).toBe(CLOSED);
    }
  });

  it('a task that changes by cascade is judged as well', async () => {
    const parent = await created(dev);
    const child = await created(manager, { priority: 'critical', parent_task: parent });
    const criticalParent = await created(manager, { priority: 'critical' });
    const other = await created(manager, { priority: 'critical', parent_task: criticalParent });
    app.clock.set(NIGHT);
    const refused = await as(dev).patch(`/api/tasks/${child}`, { status: 'blocked' });
    expect(code(refused)).toBe(CLOSED);
    expect(refused.body.detail).toContain(`task ${parent} "T"`);
    expect(code(await bulk([child], 'blocked'))).toBe(CLOSED);
    expect(code(await as(dev).patch(`/api/tasks/${other}`, { status: 'blocked' }))).toBe(200);
    app.clock.set(DAY);
    expect((await as(dev).get(`/api/tasks/${parent}`)).body.status).toBe('pending');
    expect(code(await as(dev).patch(`/api/tasks/${child}`, { status: 'blocked' }))).toBe(200);
    expect((await as(dev).get(`/api/tasks/${parent}`)).body.status).toBe('blocked');
  });
});

describe('a task for a disabled user', () => {
  let app: TestApp;
  let manager: TestActor;
  let dev: TestActor;
  let gone: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    dev = await anActor(app, 'developer');
    gone = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());

  it('is 409 on every path; disabling a user lists their open tasks', async () => {
    const late = await aTask(app, gone.id, { title: 'Late', deadline: '2030-01-01T00:00:00Z' });
    const early = await aTask(app, gone.id, { title: 'Early', deadline: '2029-01-01T00:00:00Z' });
    await aTask(app, gone.id, { status: 'completed' });
    const path = `/api/auth/users/${gone.id}`;
    const { body } = await as(manager).patch(path, { is_active: false, reason: 'Left us' });
    expect(body.open_tasks.map(({ id }: { id: number }) => id)).toEqual([early.id, late.id]);
    expect(body).toMatchObject({
      open_tasks_total: 2,
      open_tasks: [{ title: 'Early', deadline: '2029-01-01T00:00:00.000Z' }, {}],
    });
    const draft = { title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: gone.id };
    const { id } = await aTask(app, dev.id);
    for (const answer of [
      await as(manager).post('/api/tasks', draft),
      await as(manager).patch(`/api/tasks/${id}`, { assigned_to: gone.id }),
      await as(manager).put(`/api/tasks/${id}`, draft),
    ])
      expect([answer.status, answer.body.code]).toEqual([409, 'assignee_inactive']);
    expect((await as(manager).get(`/api/tasks/${id}`)).body.assigned_to).toBe(dev.id);
    // Their earlier tasks stay assigned until reassigned, and may be sent back as they were read.
    expect((await as(manager).patch(`/api/tasks/${late.id}`, { title: 'L', assigned_to: gone.id })).status).toBe(200);
    expect((await as(manager).patch(`/api/tasks/${late.id}`, { assigned_to: dev.id })).status).toBe(200);
    expect((await as(manager).post('/api/tasks', { ...draft, assigned_to: 999_999 })).body.code).toBe(
      'assignee_not_found',
    );
    await as(manager).patch(path, { is_active: true, reason: 'Back' });
    expect((await as(manager).post('/api/tasks', draft)).status).toBe(201);
  });
});

describe('a user whom a manager cannot read', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('is not read by a change either', async () => {
    const manager = await anActor(app, 'manager');
    const auditor = await anActor(app, 'auditor');
    const dev = await anActor(app, 'developer');
    const change = (id: number, body: object) => as(manager).patch(`/api/auth/users/${id}`, body);
    for (const body of [
      { reason: 'x' },
      {},
      { role: 'auditor', reason: 'x' },
      { timezone: 'UTC', is_active: true, reason: 'x' },
    ]) {
      const hidden = await change(auditor.id, body);
      expect([hidden.status, hidden.body.code]).toEqual([404, 'user_not_found']);
    }
    for (const body of [{ reason: 'x' }, {}]) expect((await change(dev.id, body)).body.code).toBe('nothing_to_change');
    const { body: read } = await as(manager).get(`/api/auth/users/${dev.id}`);
    expect((await change(dev.id, { ...read, reason: 'x' })).status).toBe(200);
    const moved = await change(auditor.id, { timezone: 'Europe/Berlin', reason: 'Moved there' });
    expect(moved.body).toMatchObject({
      id: auditor.id,
      timezone: 'Europe/Berlin',
      email: 'withheld@ctms.invalid',
      last_login: null,
    });
    expect((await change(auditor.id, { role: 'developer', reason: 'Back again' })).body.email).toBe(
      `${auditor.username}@example.org`,
    );
  });
});

describe('text that PostgreSQL cannot hold, in an address', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('leaves its entry, and no alarm', async () => {
    const auditor = await anActor(app, 'auditor');
    const dev = await anActor(app, 'developer');
    const emoji = encodeURIComponent('😀'.repeat(30));
    const odd = ['%00', `x${emoji}`, emoji, '%5Cu0000', '%EF%BF%BE'];
    for (const id of odd) expect((await as(auditor).delete(`/api/tasks/${id}`)).status).toBe(403);
    for (const type of ['task%00', `x${emoji}`, 'task'])
      for (const who of [dev, auditor])
        expect([403, 404]).toContain((await as(who).get(`/api/audit/entities/${type}/9`)).status);
    await app.flushed();
    const entries = await app.rows(sql`SELECT FROM audit_trail WHERE action = 'access.refused'`);
    expect(entries).toHaveLength(odd.length + 3);
    expect(app.log.filter((line) => /could not be (written|recorded)/.test(line))).toEqual([]);
  });
});

describe('WORKING_HOURS_START and WORKING_HOURS_END', () => {
  it('are the hours of developers, the end not included', async () => {
    const app = await TestApp.start({ WORKING_HOURS_START: '7', WORKING_HOURS_END: '15' });
    const developer = await anActor(app, 'developer');
    const { id } = await aTask(app, developer.id);
    app.clock.hold();
    const change = async (time: string) => {
      app.clock.set(`2026-03-02T${time}Z`);
      const { status, body } = await as(developer).patch(`/api/tasks/${id}`, { title: `At ${time}` });
      return status === 200 ? 200 : [status, (body as { allowed_from: string }).allowed_from];
    };
    expect(await change('06:59:59')).toEqual([403, '2026-03-02T07:00:00.000Z']);
    expect(await change('07:00:00')).toBe(200);
    expect(await change('14:59:59')).toBe(200);
    expect(await change('15:00:00')).toEqual([403, '2026-03-03T07:00:00.000Z']);
    await app.stop();
  });
});
