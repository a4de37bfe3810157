import fc from 'fast-check';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { aTask } from '../../support/factories.js';

/** 12:00 in Accra; midnight in Fiji. */
const NOON = '2026-03-02T12:00:00.000Z';

describe('POST /api/policy/explain', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let noon: TestActor;
  let midnight: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager', { timezone: 'Europe/Berlin' });
    auditor = await anActor(app, 'auditor');
    noon = await anActor(app, 'developer', { timezone: 'Africa/Accra' });
    midnight = await anActor(app, 'developer', { timezone: 'Pacific/Fiji' });
  });
  beforeEach(() => app.clock.set(NOON));
  afterAll(() => app.stop());

  const explain = (who: TestActor, question: object) => as(who).post('/api/policy/explain', question);

  it('gives the rule, the facts, the time from which it is allowed, and the roles that may', async () => {
    const { id } = await aTask(app, midnight.id);
    const { body } = await explain(midnight, { action: 'edit', task: id });
    expect(body).toEqual({
      allowed: false,
      rule: 'edit tasks',
      code: 'outside_working_hours',
      detail: expect.stringContaining('next from'),
      allowed_from: '2026-03-02T21:00:00.000Z',
      allowed_roles: ['manager', 'developer'],
      facts: {
        user: midnight.id,
        role: 'developer',
        time_zone: 'Pacific/Fiji',
        at: expect.stringMatching(/^2026-03-02T12:00:0/),
        local_time: '2026-03-03T00:00',
        at_work: false,
        working_hours: { start: '09:00', end: '18:00' },
        task: { id, assigned_to: midnight.id, priority: 'medium' },
      },
    });
    const opening = { action: 'edit', task: id, at: body.allowed_from };
    expect((await explain(midnight, opening)).body).toMatchObject({ allowed: true, code: null, allowed_from: null });
    const before = { ...opening, at: '2026-03-02T20:59:59.999Z' };
    expect((await explain(midnight, before)).body).toMatchObject({ allowed: false });
  });

  it('lets managers ask for their people, and no one for those whom they do not see', async () => {
    const { id } = await aTask(app, noon.id);
    const question = { action: 'delete', task: id };
    expect((await explain(manager, { ...question, user: noon.id })).body).toMatchObject({ allowed: true });
    expect((await explain(manager, { ...question, user: midnight.id })).body).toMatchObject({
      allowed: false,
      code: 'task_not_found',
    });
    expect((await explain(auditor, { ...question, user: auditor.id })).body).toMatchObject({
      code: 'role_not_allowed',
      allowed_roles: ['manager', 'developer'],
    });
    expect((await explain(noon, { ...question, user: midnight.id })).body).toMatchObject({ code: 'user_not_found' });
    expect((await explain(manager, { ...question, user: auditor.id })).body).toMatchObject({ code: 'user_not_found' });
    expect((await explain(midnight, question)).body).toMatchObject({ status: 404, code: 'task_not_found' });
  });

  it('says what is missing from a question', async () => {
    expect((await explain(noon, { action: 'edit' })).body).toMatchObject({
      status: 422,
      errors: [{ field: 'task', code: 'required' }],
    });
    expect((await explain(noon, { action: 'fly' })).body).toMatchObject({ status: 422, errors: [{ field: 'action' }] });
  });

  it('says of every change what the call then answers', async () => {
    const question = fc.record({
      who: fc.nat(3),
      owner: fc.constantFrom('noon' as const, 'midnight' as const),
      priority: fc.constantFrom('medium', 'critical'),
      action: fc.constantFrom('see' as const, 'create' as const, 'edit' as const, 'delete' as const, 'assign' as const),
      hour: fc.nat(23),
    });
    await fc.assert(
      fc.asyncProperty(question, async ({ who, owner, priority, action, hour }) => {
        app.clock.set(`2026-03-02T${String(hour).padStart(2, '0')}:30:00Z`);
        const actor = [manager, auditor, noon, midnight][who] as TestActor;
        const assignee = owner === 'noon' ? noon : midnight;
        const { id } = await aTask(app, assignee.id, { priority });
        const draft = { title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: noon.id };
        const asked = action === 'create' || action === 'assign' ? { assigned_to: noon.id } : {};
        const said = await explain(actor, { action, ...(action !== 'create' && { task: id }), ...asked });
        const call = {
          see: () => as(actor).get(`/api/tasks/${id}`),
          create: () => as(actor).post('/api/tasks', draft),
          edit: () => as(actor).patch(`/api/tasks/${id}`, { title: 'N' }),
          delete: () => as(actor).delete(`/api/tasks/${id}`),
          assign: () => as(actor).patch(`/api/tasks/${id}`, { assigned_to: noon.id }),
        }[action];
        const { status, body } = await call();
        if (said.status === 404) expect(status).not.toBeLessThan(400);
        else expect([said.body.allowed, said.body.code]).toEqual([status < 400, status < 400 ? null : body.code]);
      }),
      { numRuns: 150 },
    );
  });
});
