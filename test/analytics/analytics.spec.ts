import sql from 'sql-template-tag';
import { Database } from '../../src/infrastructure/database/database.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

const NOW = '2026-06-15T12:00:00Z';
const PAST = '2026-06-01T00:00:00Z';
const NONE = { pending: 0, in_progress: 0, blocked: 0, completed: 0 };
const NOTHING = {
  my_tasks: { total: 0, ...NONE, by_status: NONE, overdue_count: 0, avg_completion_time: null },
  team_tasks: {
    ...{ total: 0, completed: 0, blocked_tasks_needing_attention: [] },
    priority_distribution: { low: 0, medium: 0, high: 0, critical: 0 },
  },
  efficiency_score: 0,
};

describe('analytics of today', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let developer: TestActor;
  let other: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    developer = await anActor(app, 'developer');
    other = await anActor(app, 'developer');
  });
  beforeEach(async () => {
    app.clock.set(NOW);
    await app.rows(sql`DELETE FROM tasks`);
  });
  afterAll(() => app.stop());

  const read = async (who: TestActor, path = '/api/analytics') => {
    const { status, body } = await as(who).get(path);
    expect(status).toBe(200);
    return body;
  };
  const done = (estimated: string, actual?: string) =>
    aTask(app, developer.id, { status: 'completed', estimated, ...(actual !== undefined && { actual }) });

  it('is all zeros on an empty installation, for every role', async () => {
    for (const who of [manager, auditor, developer]) expect(await read(who)).toEqual(NOTHING);
    const members = await read(manager, '/api/analytics/team');
    expect(members.map(({ user_id }: { user_id: number }) => user_id)).toEqual([developer.id, other.id]);
    expect(members[0]).toEqual({
      ...{ user_id: developer.id, username: developer.username, role: 'developer', is_active: true, total: 0 },
      ...{ by_status: NONE, completion_rate: 0, overdue_count: 0 },
      ...{ estimated_hours: '0.00', actual_hours: '0.00', efficiency_score: 0 },
    });
  });

  it('shows every number, by the policy, without deleted tasks', async () => {
    await done('8.00', '10.00');
    await done('2.00', '15.00');
    await done('99.00');
    await aTask(app, developer.id, { status: 'in_progress', deadline: PAST, priority: 'high', actual: '50' });
    const mineBlocked = await aTask(app, developer.id, { title: 'Mine', status: 'blocked', priority: 'low' });
    const blocked = await aTask(app, other.id, { title: 'Stuck "é"', status: 'blocked', priority: 'critical' });
    await aTask(app, manager.id, { deadline: '2026-06-15T13:00:00Z' });
    for (const status of ['pending', 'blocked', 'completed']) {
      await aTask(app, developer.id, { status, actual: '7', deadline: PAST, deleted: PAST });
    }
    const own = { pending: 0, in_progress: 1, blocked: 1, completed: 3 };
    expect(await read(developer)).toEqual({
      my_tasks: { total: 5, ...own, by_status: own, overdue_count: 1, avg_completion_time: '12.50 hours' },
      team_tasks: {
        ...{ total: 5, completed: 3, priority_distribution: { low: 1, medium: 3, high: 1, critical: 0 } },
        blocked_tasks_needing_attention: [{ id: mineBlocked.id, title: 'Mine', assigned_to: developer.id }],
      },
      // 3 of 5 completed, 60 × 0.6; 10 h planned for 25 h spent, 40 × 0.4.
      efficiency_score: 52,
    });
    const team = {
      ...{ total: 7, completed: 3, priority_distribution: { low: 1, medium: 4, high: 1, critical: 1 } },
      blocked_tasks_needing_attention: [
        { id: mineBlocked.id, title: 'Mine', assigned_to: developer.id },
        { id: blocked.id, title: 'Stuck "é"', assigned_to: other.id },
      ],
    };
    expect(await read(auditor)).toEqual({ ...NOTHING, team_tasks: team });
    const managers = await read(manager);
    expect(managers.team_tasks).toEqual(team);
    expect(managers.my_tasks).toMatchObject({ total: 1, pending: 1, overdue_count: 0 });
    expect(managers.efficiency_score).toBe(0);
  });

  it.each([
    ['hours spent on nothing', [['0', '0']], 100],
    ['an estimate of nothing', [['0', '4']], 60],
    ['an estimate of nothing and no hours', [['0', undefined]], 100],
    ['less time than estimated', [['9', '3']], 100],
    [
      'hours of zero beside others',
      [
        ['4', '0'],
        ['1', '10'],
      ],
      80,
    ],
  ] as const)('takes %s', async (_name, tasks, score) => {
    for (const [estimated, actual] of tasks) await done(estimated, actual);
    expect((await read(developer)).efficiency_score).toBe(score);
  });

  it('rounds once, halves up', async () => {
    await done('30.35', '2800');
    for (let i = 0; i < 6; i++) await aTask(app, developer.id);
    // 60 × 1/7 + 40 × 30.35/2800 = 9.005 exactly, although neither part ends.
    expect((await read(developer)).efficiency_score).toBe(9.01);
    const { text } = await as(developer).get('/api/analytics');
    expect(text).toContain('"avg_completion_time" : "2800.00 hours"');
  });

  it('shows the team by person', async () => {
    await done('8.00', '16.00');
    await aTask(app, developer.id, { estimated: '1.50', deadline: PAST });
    await aTask(app, developer.id, { estimated: '1.50', actual: '0.25' });
    await aTask(app, manager.id);
    const gone = await anActor(app, 'developer');
    await aTask(app, gone.id, { status: 'blocked' });
    await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${gone.id}`);
    const idle = await anActor(app, 'developer');
    await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${idle.id}`);
    const everyone = await read(manager, '/api/analytics/team');
    const ids = [manager.id, developer.id, other.id, gone.id];
    expect(everyone.map(({ user_id }: { user_id: number }) => user_id)).toEqual(ids);
    expect(everyone[1]).toEqual({
      ...{ user_id: developer.id, username: developer.username, role: 'developer', is_active: true, total: 3 },
      ...{ by_status: { ...NONE, pending: 2, completed: 1 }, completion_rate: 33.33, overdue_count: 1 },
      ...{ estimated_hours: '11.00', actual_hours: '16.25', efficiency_score: 40 },
    });
    expect(everyone[3]).toMatchObject({ is_active: false, total: 1, by_status: { ...NONE, blocked: 1 } });
    expect(await read(auditor, '/api/analytics/team')).toEqual(everyone);
    expect(await read(developer, '/api/analytics/team')).toEqual([everyone[1]]);
    await app.rows(sql`UPDATE tasks SET deleted_at = now() WHERE assigned_to_id = ${manager.id}`);
    expect(await read(manager, '/api/analytics/team')).toEqual([everyone[1], everyone[2], everyone[3]]);
    await app.rows(sql`DELETE FROM tasks`);
  });

  it('answers at the former address, saying so', async () => {
    await done('1', '2');
    for (const path of ['/api/tasks/analytics', '/api/tasks/analytics/']) {
      const { status, headers, body } = await as(developer).get(path);
      expect([status, headers.deprecation, headers.link]).toEqual([
        ...[200, 'true', '</api/analytics>; rel="successor-version"'],
      ]);
      expect(body).toEqual(await read(developer));
    }
    for (const path of ['', '/team', '/trends']) expect((await as(app).get(`/api/analytics${path}`)).status).toBe(401);
  });

  it('asks the database as often for many tasks as for none', async () => {
    const { pool } = app.nest.get(Database);
    const ofOthers = /user_sessions|api_audit_logs|clock_timestamp/;
    const count = async () => {
      const counts = [];
      // The list of blocked tasks is read again once after it has changed.
      await read(manager);
      for (const path of ['', '/team', '/trends', '/trends?bucket=week']) {
        const asked = jest.spyOn(pool, 'query');
        await read(manager, `/api/analytics${path}`);
        const texts = asked.mock.calls.map(([query]) => (query as unknown as { text?: string }).text ?? String(query));
        asked.mockRestore();
        counts.push(texts.filter((text) => !ofOthers.test(text)).length);
      }
      return counts;
    };
    const before = await count();
    expect(before).toEqual([1, 1, 2, 2]);
    await app.rows(sql`INSERT INTO tasks (title, status, assigned_to_id, created_by_id, estimated_hours, deadline)
      SELECT 'T' || n, (ARRAY['pending', 'blocked', 'in_progress'])[n % 3 + 1], ${developer.id}, ${developer.id}, 1, now()
      FROM generate_series(1, 2000) n`);
    expect(await count()).toEqual(before);
  });
});
