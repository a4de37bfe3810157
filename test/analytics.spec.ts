import fc from 'fast-check';
import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from './support/actors.js';
import { TestApp } from './support/app.js';
import { aTask } from './support/factories.js';

const PAST = '2020-01-01T00:00:00Z';

describe('analytics', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let developer: TestActor;
  let other: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    developer = await anActor(app, 'developer', { timezone: 'Europe/Berlin' });
    other = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());
  beforeEach(() => app.rows(sql`DELETE FROM tasks`));

  const overview = async (who: TestActor) => (await as(who).get('/api/analytics')).body;

  it('is all zeros without tasks', async () => {
    const none = { pending: 0, in_progress: 0, blocked: 0, completed: 0 };
    expect(await overview(developer)).toEqual({
      my_tasks: { total: 0, ...none, by_status: none, overdue_count: 0, avg_completion_time: null },
      team_tasks: {
        total: 0,
        completed: 0,
        priority_distribution: { low: 0, medium: 0, high: 0, critical: 0 },
        blocked_tasks_needing_attention: [],
      },
      efficiency_score: 0,
    });
  });

  it('counts own and team tasks by the policy, deleted ones never', async () => {
    await aTask(app, developer.id, { status: 'completed', estimated: '8.00', actual: '10.00' });
    await aTask(app, developer.id, { status: 'completed', estimated: '2.00', actual: '2.50' });
    await aTask(app, developer.id, { status: 'pending', deadline: PAST, priority: 'high' });
    const blocked = await aTask(app, other.id, { title: 'Stuck', status: 'blocked', priority: 'critical' });
    await aTask(app, developer.id, { deleted: PAST });
    const mine = await overview(developer);
    expect(mine.my_tasks).toMatchObject({
      total: 3,
      completed: 2,
      pending: 1,
      overdue_count: 1,
      avg_completion_time: '6.25 hours',
    });
    expect(mine.team_tasks).toMatchObject({ total: 3, blocked_tasks_needing_attention: [] });
    // 2 of 3 completed: 66.67 × 0.6; 10 h planned for 12.5 h spent: 80 × 0.4.
    expect(mine.efficiency_score).toBe(72);
    for (const who of [manager, auditor]) {
      const { my_tasks, team_tasks } = await overview(who);
      expect([my_tasks.total, team_tasks.total, team_tasks.completed]).toEqual([0, 4, 2]);
      expect(team_tasks.priority_distribution).toEqual({ low: 0, medium: 2, high: 1, critical: 1 });
      expect(team_tasks.blocked_tasks_needing_attention).toEqual([
        { id: blocked.id, title: 'Stuck', assigned_to: other.id },
      ]);
    }
    const alias = await as(developer).get('/api/tasks/analytics/');
    expect(alias.body).toEqual(mine);
    expect(alias.headers.deprecation).toBe('true');
  });

  it('takes estimates and hours of zero', async () => {
    await aTask(app, developer.id, { status: 'completed', estimated: '0.00', actual: '0.00' });
    expect((await overview(developer)).efficiency_score).toBe(100);
    await aTask(app, developer.id, { status: 'completed', estimated: '0.00', actual: '4.00' });
    expect((await overview(developer)).efficiency_score).toBe(60);
  });

  it('shows the team per person', async () => {
    await aTask(app, developer.id, { status: 'completed', estimated: '8.00', actual: '4.00' });
    await aTask(app, developer.id, { estimated: '1.50' });
    const { body } = await as(manager).get('/api/analytics/team');
    expect(body.map(({ user_id }: { user_id: number }) => user_id)).toEqual([developer.id, other.id]);
    expect(body[0]).toMatchObject({
      total: 2,
      completion_rate: 50,
      estimated_hours: '9.50',
      actual_hours: '4.00',
      efficiency_score: 70,
    });
    expect((await as(other).get('/api/analytics/team')).body).toMatchObject([
      { user_id: other.id, total: 0, efficiency_score: 0 },
    ]);
  });

  it('buckets by the days of the zone of whoever asks, over a DST night', async () => {
    app.clock.set('2026-03-31T12:00:00Z');
    await aTask(app, developer.id, { created: '2026-03-28T23:30:00Z', deadline: '2026-03-29T10:00:00Z' });
    await aTask(app, developer.id, {
      created: '2026-03-29T21:59:59Z',
      completed: '2026-03-30T08:00:00Z',
      status: 'completed',
      deadline: '2026-03-29T12:00:00Z',
    });
    const { body } = await as(developer).get('/api/analytics/trends?from=2026-03-28&to=2026-04-01');
    app.clock.reset();
    expect(body.buckets).toEqual([
      { start: '2026-03-28', created: 0, completed: 0, overdue: 0, throughput: 0 },
      { start: '2026-03-29', created: 2, completed: 0, overdue: 2, throughput: 0 },
      { start: '2026-03-30', created: 0, completed: 1, overdue: 1, throughput: 1 },
      { start: '2026-03-31', created: 0, completed: 0, overdue: 1, throughput: 0 },
      { start: '2026-04-01', created: 0, completed: 0, overdue: 0, throughput: 0 },
    ]);
  });

  it('starts weeks on Monday and refuses impossible spans', async () => {
    const { body } = await as(manager).get('/api/analytics/trends?from=2026-03-04&to=2026-03-20&bucket=week');
    expect(body.buckets.map(({ start }: { start: string }) => start)).toEqual([
      '2026-03-02',
      '2026-03-09',
      '2026-03-16',
    ]);
    for (const query of [
      'from=2026-03-05&to=2026-03-04',
      'from=2020-01-01&to=2026-01-01',
      'from=2026-02-31',
      'bucket=year',
      'x=1',
    ]) {
      expect((await as(manager).get(`/api/analytics/trends?${query}`)).status).toBe(422);
    }
    expect((await as(manager).get('/api/analytics/trends')).body.buckets).toHaveLength(30);
  });

  it('agrees with a recount', async () => {
    const status = fc.constantFrom('pending', 'in_progress', 'blocked', 'completed');
    const task = fc.record({
      status,
      mine: fc.boolean(),
      late: fc.boolean(),
      estimated: fc.integer({ min: 0, max: 999 }),
      actual: fc.option(fc.integer({ min: 0, max: 999 })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(task, { maxLength: 12 }), async (tasks) => {
        await app.rows(sql`DELETE FROM tasks`);
        for (const { mine, late, estimated, actual, ...rest } of tasks) {
          const hours = { estimated: String(estimated), ...(actual !== null && { actual: String(actual) }) };
          await aTask(app, mine ? developer.id : other.id, { ...rest, ...hours, ...(late && { deadline: PAST }) });
        }
        const own = tasks.filter(({ mine }) => mine);
        const { my_tasks, efficiency_score } = await overview(developer);
        const done = own.filter((one) => one.status === 'completed');
        const timed = done.filter(({ actual }) => actual !== null);
        const [planned, spent] = [
          timed.reduce((sum, { estimated }) => sum + estimated, 0),
          timed.reduce((sum, { actual }) => sum + (actual ?? 0), 0),
        ];
        const rate = own.length > 0 ? (done.length / own.length) * 100 : 0;
        const score = spent > 0 ? rate * 0.6 + Math.min(100, (planned / spent) * 100) * 0.4 : rate;
        expect([my_tasks.total, my_tasks.completed]).toEqual([own.length, done.length]);
        expect(my_tasks.overdue_count).toBe(own.filter((one) => one.late && one.status !== 'completed').length);
        expect(Math.abs(efficiency_score - score)).toBeLessThan(0.0051);
      }),
      { numRuns: 25 },
    );
  });
});
