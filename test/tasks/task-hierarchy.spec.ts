import { Client } from 'pg';
import sql from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

describe('families of tasks', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
  });
  afterAll(() => app.stop());

  type Way = (id: number, status: string) => Promise<{ status: number; body: Record<string, unknown> }>;
  const bulk = (task_ids: number[], status: string, who = manager) =>
    as(who).post('/api/tasks/bulk-update', { task_ids, status });
  const WAYS: [string, Way][] = [
    ['PATCH', (id, status) => as(manager).patch(`/api/tasks/${id}`, { status, ...{ description: 'kept too' } })],
    [
      'PUT',
      (id, status) =>
        as(manager).put(`/api/tasks/${id}`, {
          ...{ title: 'P', estimated_hours: 1, deadline: '2100-01-01', assigned_to: developer.id },
          ...{ status, description: 'kept too' },
        }),
    ],
    ['bulk', (id, status) => bulk([id], status)],
  ];

  /** A root, a child and a grandchild. */
  async function line(...statuses: string[]): Promise<number[]> {
    const ids: number[] = [];
    for (const status of statuses) {
      const parent = ids.at(-1);
      ids.push((await aTask(app, developer.id, { status, ...(parent ? { parent } : {}) })).id);
    }
    return ids;
  }
  const statuses = async (ids: number[]) =>
    (
      await app.rows<{ status: string }>(
        sql`SELECT status FROM tasks WHERE id = ANY(${ids}::int[]) ORDER BY array_position(${ids}::int[], id)`,
      )
    ).map(({ status }) => status);
  const historyOf = async (id = 0) =>
    ((await as(manager).get(`/api/tasks/${id}/history`)).body as Record<string, unknown>[]).map(
      ({ action, from_status, to_status, changed_by }) => [action, from_status, to_status, changed_by],
    );

  describe.each(WAYS)('by %s', (name, change) => {
    it('completing completes what is pending below', async () => {
      const ids = await line('in_progress', 'pending', 'pending');
      expect((await change(ids[0] ?? 0, 'completed')).status).toBe(200);
      expect(await statuses(ids)).toEqual(['completed', 'completed', 'completed']);
      expect(await historyOf(ids[0])).toEqual([['status_changed', 'in_progress', 'completed', manager.id]]);
      expect(await historyOf(ids[2])).toEqual([['status_cascaded', 'pending', 'completed', manager.id]]);
      const { body } = await as(manager).get(`/api/tasks/${ids[0]}`);
      if (name !== 'bulk') expect(body).toMatchObject({ description: 'kept too', version: 2 });
      expect(await app.rows(sql`SELECT FROM tasks WHERE id = ANY(${ids}::int[]) AND completed_at IS NULL`)).toEqual([]);
    });

    it.each(['in_progress', 'blocked'])('no task is completed over a child that is %s', async (status) => {
      const ids = await line('pending', 'pending', status);
      const refused = await change(ids[0] ?? 0, 'completed');
      expect([refused.status, refused.body.code, refused.body.child_id]).toEqual([409, 'child_unfinished', ids[2]]);
      expect(refused.body.detail).toContain(`task ${ids[2]} "`);
      expect(await statuses(ids)).toEqual(['pending', 'pending', status]);
      expect(await historyOf(ids[0])).toEqual([]);
    });

    it('blocking blocks what is above', async () => {
      const ids = await line('in_progress', 'pending', 'in_progress');
      expect((await change(ids[2] ?? 0, 'blocked')).status).toBe(200);
      expect(await statuses(ids)).toEqual(['blocked', 'blocked', 'blocked']);
      expect(await historyOf(ids[0])).toEqual([['status_cascaded', 'in_progress', 'blocked', manager.id]]);
    });

    it('nothing is blocked under a completed task', async () => {
      const ids = await line('completed', 'in_progress', 'pending');
      const refused = await change(ids[2] ?? 0, 'blocked');
      expect([refused.status, refused.body.code, refused.body.parent_id]).toEqual([409, 'parent_completed', ids[0]]);
      expect(await statuses(ids)).toEqual(['completed', 'in_progress', 'pending']);
    });
  });

  it('a blocked task blocks the parent that it moves or is born under', async () => {
    const [a = 0, b = 0, done = 0, moving = 0] = [
      ...(await line('pending', 'in_progress')),
      ...(await line('completed')),
      ...(await line('blocked')),
    ];
    expect((await as(manager).patch(`/api/tasks/${moving}`, { parent_task: done })).body.code).toBe('parent_completed');
    expect((await as(manager).patch(`/api/tasks/${moving}`, { parent_task: b })).status).toBe(200);
    expect(await statuses([a, b])).toEqual(['blocked', 'blocked']);
    const draft = { title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: developer.id };
    const [root = 0] = await line('pending');
    const born = await as(manager).post('/api/tasks', { ...draft, status: 'blocked', parent_task: root });
    expect([born.status, ...(await statuses([root]))]).toEqual([201, 'blocked']);
  });

  it('a completed task that moves leaves its reopened children as they are', async () => {
    const ids = await line('completed', 'pending');
    const [other = 0] = await line('pending');
    expect((await as(manager).patch(`/api/tasks/${ids[0]}`, { parent_task: other })).status).toBe(200);
    expect(await statuses(ids)).toEqual(['completed', 'pending']);
  });

  it('bulk: all or nothing, a task named twice counts once', async () => {
    const [done = 0, under = 0] = await line('completed', 'pending');
    const [free = 0] = await line('pending');
    expect((await bulk([free, under], 'blocked')).body.code).toBe('parent_completed');
    const unknown = await bulk([free, 999_999], 'in_progress');
    expect([unknown.status, unknown.body.detail]).toEqual([404, 'Some tasks not found']);
    expect(await statuses([done, under, free])).toEqual(['completed', 'pending', 'pending']);
    const { body } = await bulk([free, under, free], 'in_progress');
    expect(body).toEqual({ updated_count: 2, detail: '2 tasks updated successfully.' });
    expect(await historyOf(free)).toHaveLength(1);
    const family = await line('in_progress', 'in_progress', 'blocked');
    expect((await bulk(family, 'completed')).status).toBe(200);
    for (const body of [
      { task_ids: [], status: 'blocked' },
      { task_ids: [free] },
      { task_ids: ['1'], status: 'blocked' },
      { status: 'blocked' },
    ])
      expect((await as(manager).post('/api/tasks/bulk-update', body)).status).toBe(422);
    expect(
      (
        await bulk(
          Array.from({ length: 1001 }, (_, i) => i + 1),
          'blocked',
        )
      ).status,
    ).toBe(422);
  });

  it('bulk: a thousand tasks with a thousand children in a handful of statements', async () => {
    // The session and what extensions cache are read once.
    await bulk([(await aTask(app, developer.id)).id], 'in_progress');
    const made = await app.rows<{
      id: number;
    }>(sql`INSERT INTO tasks (title, assigned_to_id, created_by_id, estimated_hours, deadline)
      SELECT 'many', ${developer.id}, ${manager.id}, 1, now() FROM generate_series(1, 1000) RETURNING id`);
    const ids = made.map(({ id }) => id);
    await app.rows(sql`INSERT INTO tasks (title, assigned_to_id, created_by_id, estimated_hours, deadline, parent_task_id)
      SELECT 'child', ${developer.id}, ${manager.id}, 1, now(), id FROM unnest(${ids}::int[]) id`);
    const query = jest.spyOn(Client.prototype, 'query');
    const { body } = await bulk(ids, 'completed');
    // Of its own connection: jobs and the request log have others.
    const { calls, contexts } = query.mock;
    const textOf = ([statement]: unknown[]) => (statement as { text?: string }).text ?? String(statement);
    const own = contexts[calls.findIndex((call) => /^UPDATE "?tasks\b/.test(textOf(call)))];
    const statements = own ? contexts.filter((client) => client === own).length : 0;
    query.mockRestore();
    expect(body.updated_count).toBe(1000);
    expect(statements).toBeGreaterThan(3);
    expect(statements).toBeLessThanOrEqual(14);
    const [done] = await app.rows<{ tasks: number; history: number; noted: number }>(sql`SELECT
      (SELECT count(*)::int FROM tasks WHERE status = 'completed' AND (id = ANY(${ids}::int[]) OR parent_task_id = ANY(${ids}::int[]))) AS tasks,
      (SELECT count(*)::int FROM task_history WHERE task_id >= ${ids[0]}) AS history,
      (SELECT count(*)::int FROM audit_trail WHERE entity_type = 'task' AND entity_id >= ${ids[0]}) AS noted`);
    expect(done).toEqual({ tasks: 2000, history: 2000, noted: 2000 });
  });

  it('opposite changes at once: none fails, none breaks the rules', async () => {
    for (let round = 0; round < 30; round++) {
      const [root = 0, middle = 0, leaf = 0] = await line('in_progress', 'pending', 'pending');
      const [other = 0] = await line('pending');
      const answers = await Promise.all([
        as(manager).patch(`/api/tasks/${root}`, { status: 'completed' }),
        as(manager).patch(`/api/tasks/${leaf}`, { status: 'blocked' }),
        bulk([leaf, middle, other], 'in_progress'),
        bulk([root, other], 'completed'),
        as(manager).patch(`/api/tasks/${other}`, { parent_task: round % 2 ? leaf : root, status: 'blocked' }),
        as(manager).patch(`/api/tasks/${root}`, { parent_task: other }),
        as(manager).delete(`/api/tasks/${round % 3 ? leaf : other}`),
      ]);
      expect(answers.map(({ status }) => status).filter((status) => ![200, 204, 404, 409].includes(status))).toEqual(
        [],
      );
    }
    const broken = await app.rows(sql`SELECT p.id, c.id FROM tasks p JOIN tasks c ON c.parent_task_id = p.id
      WHERE p.status = 'completed' AND c.status = 'blocked' AND c.deleted_at IS NULL AND p.deleted_at IS NULL`);
    expect(broken).toEqual([]);
    const cycles = await app.rows(sql`WITH RECURSIVE up (start, id) AS (SELECT id, parent_task_id FROM tasks
      UNION SELECT up.start, t.parent_task_id FROM up JOIN tasks t ON t.id = up.id) SELECT FROM up WHERE start = id`);
    expect(cycles).toEqual([]);
  }, 60_000);
});
