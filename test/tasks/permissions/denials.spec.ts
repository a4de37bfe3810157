import { fits } from '../../support/documented.js';
import { schemas } from '../../support/operations.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';

/** 12:00 in Accra; midnight in Fiji. */
const NOON = '2026-03-02T12:00:00.000Z';
const HOURS = { start: '09:00', end: '18:00' };

describe('the decision in a denial', () => {
  let app: TestApp;
  let auditor: TestActor;
  let noon: TestActor;
  let midnight: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    auditor = await anActor(app, 'auditor');
    noon = await anActor(app, 'developer', { timezone: 'Africa/Accra' });
    midnight = await anActor(app, 'developer', { timezone: 'Pacific/Fiji' });
  });
  beforeEach(() => app.clock.set(NOON));
  afterAll(() => app.stop());

  const factsOf = ({ id }: TestActor, role: string, time_zone: string, local_time: string, at_work: boolean) => ({
    ...{ user: id, role, time_zone, at: expect.stringMatching(/^2026-03-02T12:00:0/), local_time, at_work },
    working_hours: HOURS,
  });
  const fiji = () => factsOf(midnight, 'developer', 'Pacific/Fiji', '2026-03-03T00:00', false);

  /** The decision of a 403, which the document describes and whose code and text are those of the problem. */
  async function denied(call: PromiseLike<{ status: number; body: Record<string, unknown> }>) {
    const { status, body } = await call;
    expect([status, fits(schemas.Problem as object, body)]).toEqual([403, undefined]);
    const decision = body.decision as Record<string, unknown> & { facts: object };
    expect(decision).toMatchObject({ allowed: false, code: body.code, detail: body.detail });
    expect(decision.allowed_from).toBe(body.allowed_from ?? null);
    return decision;
  }

  it('outside working hours has the window, the local time, the task, and who may; as explain says', async () => {
    const { id } = await aTask(app, midnight.id);
    const decision = await denied(as(midnight).patch(`/api/tasks/${id}`, { title: 'N' }));
    expect(decision).toMatchObject({
      rule: 'edit tasks',
      code: 'outside_working_hours',
      allowed_from: '2026-03-02T21:00:00.000Z',
      allowed_roles: ['manager', 'developer'],
      facts: { ...fiji(), task: { id, assigned_to: midnight.id, priority: 'medium' } },
    });
    const { body: explained } = await as(midnight).post('/api/policy/explain', { action: 'edit', task: id });
    const at = (facts: object) => ({ ...facts, at: 'now' });
    expect({ ...decision, facts: at(decision.facts) }).toEqual({ ...explained, facts: at(explained.facts) });
    app.clock.set(String(decision.allowed_from));
    expect((await as(midnight).patch(`/api/tasks/${id}`, { title: 'N' })).status).toBe(200);
  });

  it('of a route as a whole looks at no record', async () => {
    const creating = await denied(as(midnight).post('/api/tasks', draft(midnight.id)));
    expect(creating).toMatchObject({ rule: 'create tasks', facts: fiji() });
    expect(creating.facts).not.toHaveProperty('task');
    const auditing = await denied(as(auditor).delete('/api/tasks/7'));
    expect(auditing).toMatchObject({
      ...{ rule: 'edit tasks', code: 'role_not_allowed', allowed_from: null },
      ...{
        allowed_roles: ['manager', 'developer'],
        facts: factsOf(auditor, 'auditor', 'UTC', '2026-03-02T12:00', true),
      },
    });
    const tag = await denied(as(noon).post('/api/tags', { name: 'x' }));
    expect(tag).toMatchObject({ rule: 'manage tags', allowed_roles: ['manager'] });
    const past = await denied(as(noon).get('/api/tasks?as_of=2026-03-01T00:00:00Z'));
    expect(past).toMatchObject({ rule: 'see tasks as they were', allowed_roles: ['manager', 'auditor'] });
  });

  it('of a task handed to someone else shows the task as it would be', async () => {
    const { id } = await aTask(app, noon.id);
    const giving = await denied(as(noon).patch(`/api/tasks/${id}`, { assigned_to: midnight.id }));
    expect(giving).toMatchObject({
      ...{ rule: 'assign tasks', code: 'reassignment_not_allowed', allowed_roles: ['manager'] },
      facts: { task: { id, assigned_to: midnight.id, priority: 'medium' } },
    });
    const making = await denied(as(noon).post('/api/tasks', draft(midnight.id)));
    expect(making).toMatchObject({
      ...{ rule: 'create tasks', code: 'reassignment_not_allowed' },
      facts: { task: { id: null, assigned_to: midnight.id, priority: 'medium' } },
    });
  });

  it('discloses nothing of a task that its reader does not see', async () => {
    const parent = await aTask(app, noon.id);
    const child = await aTask(app, midnight.id, { parent: parent.id, priority: 'critical' });
    const deleting = await denied(as(noon).delete(`/api/tasks/${parent.id}`));
    expect(deleting).toMatchObject({ rule: 'delete tasks', code: 'not_yours' });
    expect(deleting.facts).not.toHaveProperty('task');
    expect(JSON.stringify(deleting)).not.toContain('critical');
    const hidden = await as(noon).patch(`/api/tasks/${child.id}`, { title: 'N' });
    expect([hidden.status, hidden.body.decision]).toEqual([404, undefined]);
  });

  it('names the task of a bulk change', async () => {
    const critical = await aTask(app, midnight.id, { priority: 'critical' });
    const { id } = await aTask(app, midnight.id);
    const body = { task_ids: [critical.id, id], status: 'in_progress' };
    expect(await denied(as(midnight).post('/api/tasks/bulk-update', body))).toMatchObject({
      detail: expect.stringContaining(`task ${id} `),
      facts: { task: { id, assigned_to: midnight.id, priority: 'medium' } },
    });
  });

  const draft = (assigned_to: number) => ({ title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to });
});
