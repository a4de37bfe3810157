/** @jest-environment node */
import { anActor, as } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { ALL, NONE } from '../../src/core/authorization/policy.js';
import { assigneesOf } from '../../src/analytics/rollups/task-totals.sql.js';

/** Another policy than ours: developers also see what is critical. No total has that. */
jest.mock('../../src/tasks/task.policy.js', () => ({
  ...jest.requireActual<object>('../../src/tasks/task.policy.js'),
  visibleTasks: Object.assign(({ id }: { id: number }) => [{ assigneeId: id }, { priority: 'critical' }], {
    title: 'see tasks',
  }),
}));

describe('analytics under a policy that totals do not know', () => {
  let app: TestApp;

  beforeAll(async () => {
    // Extensions narrow the policy of the product.
    app = await TestApp.start({}, undefined, []);
  });
  afterAll(() => app.stop());

  it('are counted', async () => {
    const [me, other] = [await anActor(app, 'developer'), await anActor(app, 'developer')];
    await aTask(app, me.id, { created: '2026-06-01T10:00:00Z' });
    await aTask(app, other.id, { created: '2026-06-01T10:00:00Z' });
    const { id } = await aTask(app, other.id, {
      priority: 'critical',
      status: 'blocked',
      title: 'All',
      created: '2026-06-01',
    });
    const { body } = await as(me).get('/api/analytics');
    expect(body.my_tasks.total).toBe(1);
    expect(body.team_tasks).toEqual({
      ...{ total: 2, completed: 0, priority_distribution: { low: 0, medium: 1, high: 0, critical: 1 } },
      blocked_tasks_needing_attention: [{ id, title: 'All', assigned_to: other.id }],
    });
    const team = (await as(me).get('/api/analytics/team')).body;
    expect(team.map(({ user_id, total }: { user_id: number; total: number }) => [user_id, total])).toEqual([
      [me.id, 1],
      [other.id, 1],
    ]);
    const trends = (await as(me).get('/api/analytics/trends?from=2026-06-01&to=2026-06-01')).body;
    expect(trends.buckets[0].created).toBe(2);
  });

  it('are distinguished from those that go by the assignee alone', () => {
    expect(assigneesOf(ALL)).toBe('everyone');
    expect(assigneesOf([{ assigneeId: 3 }, {}])).toBe('everyone');
    expect(assigneesOf(NONE)).toEqual([]);
    expect(assigneesOf([{ assigneeId: 3 }, { assigneeId: 4 }, { assigneeId: 3 }])).toEqual([3, 4]);
    expect(assigneesOf([{ assigneeId: 3 }, { priority: 'high' }])).toBeUndefined();
    expect(assigneesOf([{ assigneeId: 3, priority: 'high' }])).toBeUndefined();
  });
});
