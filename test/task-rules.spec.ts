import fc from 'fast-check';
import sql from 'sql-template-tag';
import { inScope, matches, ALL, NONE, type Scope } from '../src/core/scope.js';
import { Database } from '../src/database/database.js';
import { TASK_COLUMNS, type TaskFacts } from '../src/tasks/task.policy.js';
import { anActor, as, type TestActor } from './support/actors.js';
import { TestApp } from './support/app.js';
import { aTask } from './support/factories.js';

const NOON = '2026-03-02T12:00:00Z';

describe('the rules of tasks', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let developer: TestActor;
  let sleeper: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    developer = await anActor(app, 'developer');
    // Noon in UTC is 2 o'clock at night there.
    sleeper = await anActor(app, 'developer', { timezone: 'Pacific/Kiritimati' });
    app.clock.set(NOON);
  });
  afterAll(() => app.stop());

  const statusOf = async (id: number) => (await as(manager).get(`/api/tasks/${id}`)).body.status;
  const draft = (assigned_to: number, more = {}) => ({
    title: 'T',
    estimated_hours: 1,
    deadline: '2100-01-01',
    assigned_to,
    ...more,
  });

  it('let developers work in their hours only, on critical tasks at any time', async () => {
    const plain = await aTask(app, sleeper.id);
    const critical = await aTask(app, sleeper.id, { priority: 'critical' });
    const refused = await as(sleeper).patch(`/api/tasks/${plain.id}`, { status: 'in_progress' });
    expect([refused.status, refused.body.code, refused.body.allowed_from]).toEqual([
      403,
      'outside_working_hours',
      '2026-03-02T19:00:00.000Z',
    ]);
    expect((await as(sleeper).patch(`/api/tasks/${critical.id}`, { status: 'in_progress' })).status).toBe(200);
    expect((await as(sleeper).post('/api/tasks', draft(sleeper.id))).body.code).toBe('outside_working_hours');
    const bulk = await as(sleeper).post('/api/tasks/bulk-update', {
      task_ids: [critical.id, plain.id],
      status: 'completed',
    });
    expect([bulk.status, bulk.body.code]).toEqual([403, 'outside_working_hours']);
    expect(bulk.body.detail).toContain(`task ${plain.id}`);
    expect(await statusOf(critical.id)).toBe('in_progress');
  });

  it('hide what is not yours, and keep it from being handed on', async () => {
    const own = await aTask(app, developer.id);
    const foreign = await aTask(app, sleeper.id);
    for (const call of [as(developer).get, as(developer).delete])
      expect((await call(`/api/tasks/${foreign.id}`)).status).toBe(404);
    expect((await as(developer).patch(`/api/tasks/${foreign.id}`, { title: 'x' })).status).toBe(404);
    expect(
      (await as(developer).post('/api/tasks/bulk-update', { task_ids: [own.id, foreign.id], status: 'completed' })).body
        .detail,
    ).toBe('Some tasks not found');
    expect((await as(developer).patch(`/api/tasks/${own.id}`, { assigned_to: sleeper.id })).body.code).toBe(
      'reassignment_not_allowed',
    );
    expect((await as(developer).post('/api/tasks', draft(sleeper.id))).status).toBe(403);
    expect((await as(developer).patch(`/api/tasks/${own.id}`, { parent_task: foreign.id })).body.code).toBe(
      'parent_not_found',
    );
    for (const call of [as(auditor).patch, as(auditor).put])
      expect((await call(`/api/tasks/${own.id}`, draft(1))).body.code).toBe('role_not_allowed');
    expect((await as(auditor).post('/api/tasks', draft(1))).status).toBe(403);
    expect((await as(auditor).get(`/api/tasks/${own.id}`)).status).toBe(200);
  });

  it('cascade up and down the tree, in one transaction, with history', async () => {
    const root = await aTask(app, developer.id, { title: 'Root' });
    const middle = await aTask(app, developer.id, { parent: root.id });
    const leaf = await aTask(app, developer.id, { parent: middle.id, title: 'Leaf' });
    expect(
      (await as(developer).patch(`/api/tasks/${leaf.id}`, { status: 'blocked', title: 'Leaf 2' })).body,
    ).toMatchObject({ status: 'blocked', title: 'Leaf 2' });
    expect([await statusOf(middle.id), await statusOf(root.id)]).toEqual(['blocked', 'blocked']);
    const conflict = await as(developer).patch(`/api/tasks/${middle.id}`, { status: 'completed', title: 'lost?' });
    expect([conflict.status, conflict.body.code, conflict.body.child_id]).toEqual([409, 'child_unfinished', leaf.id]);
    await as(developer).patch(`/api/tasks/${leaf.id}`, { status: 'pending' });
    await as(manager).patch(`/api/tasks/${middle.id}`, { status: 'pending' });
    expect(
      (await as(manager).patch(`/api/tasks/${root.id}`, { status: 'completed' }, { 'X-Change-Reason': 'Done' })).status,
    ).toBe(200);
    expect([await statusOf(middle.id), await statusOf(leaf.id)]).toEqual(['completed', 'completed']);
    const { body } = await as(auditor).get(`/api/tasks/${leaf.id}/history`);
    expect(body.map(({ action, to_status }: Record<string, string>) => [action, to_status])).toEqual([
      ['status_changed', 'blocked'],
      ['status_changed', 'pending'],
      ['status_cascaded', 'completed'],
    ]);
    expect(body[2]).toMatchObject({ changed_by: manager.id, reason: 'Done', from_status: 'pending' });
    expect((await as(manager).patch(`/api/tasks/${leaf.id}`, { status: 'blocked' })).body.code).toBe(
      'parent_completed',
    );
    expect(
      (await as(manager).post('/api/tasks', draft(developer.id, { status: 'blocked', parent_task: root.id }))).status,
    ).toBe(409);
  });

  it('know no cycles', async () => {
    const top = await aTask(app, developer.id);
    const below = await aTask(app, developer.id, { parent: top.id });
    for (const parent_task of [top.id, below.id]) {
      expect((await as(manager).patch(`/api/tasks/${top.id}`, { parent_task })).body.code).toBe('task_cycle');
    }
    const moves = await Promise.all(
      [0, 1].map(async (i) => {
        const [a, b] = [await aTask(app, developer.id), await aTask(app, developer.id)];
        const both = await Promise.all([
          as(manager).patch(`/api/tasks/${a.id}`, { parent_task: b.id }),
          as(manager).patch(`/api/tasks/${b.id}`, { parent_task: a.id }),
        ]);
        return [i, ...both.map(({ status }) => status).sort()];
      }),
    );
    expect(moves).toEqual([
      [0, 200, 409],
      [1, 200, 409],
    ]);
  });

  it('hold when opposite changes come at once', async () => {
    for (let round = 0; round < 15; round++) {
      const parent = await aTask(app, developer.id);
      const children = [
        await aTask(app, developer.id, { parent: parent.id }),
        await aTask(app, developer.id, { parent: parent.id }),
      ];
      const answers = await Promise.all([
        as(manager).patch(`/api/tasks/${parent.id}`, { status: 'completed' }),
        ...children.map(({ id }) => as(manager).patch(`/api/tasks/${id}`, { status: 'blocked' })),
        as(manager).post('/api/tasks/bulk-update', { task_ids: [children[1]?.id, parent.id], status: 'in_progress' }),
      ]);
      expect(answers.map(({ status }) => status).filter((status) => ![200, 409].includes(status))).toEqual([]);
      const bad = await app.rows(sql`SELECT FROM tasks p JOIN tasks c ON c.parent_task_id = p.id
        WHERE p.id = ${parent.id} AND p.status = 'completed' AND c.status = 'blocked'`);
      expect(bad).toEqual([]);
    }
  }, 60_000);

  it('change a thousand tasks in a handful of statements, all or none', async () => {
    const ids: number[] = [];
    for (let i = 0; i < 1000; i++) ids.push((await aTask(app, developer.id)).id);
    const { pool } = app.nest.get(Database);
    const client = await pool.connect();
    const prototype = Object.getPrototypeOf(client) as { query: (...args: unknown[]) => unknown };
    client.release();
    const query = prototype.query;
    let statements = 0;
    prototype.query = function (this: unknown, ...args: unknown[]) {
      statements++;
      return query.apply(this, args);
    };
    const answer = await as(manager).post('/api/tasks/bulk-update', {
      task_ids: [...ids.slice(1), ids[1]],
      status: 'blocked',
    });
    prototype.query = query;
    expect(answer.body).toEqual({ updated_count: 999, detail: '999 tasks updated successfully.' });
    expect(statements).toBeLessThanOrEqual(10);
    const [counted] = await app.rows<{ n: number }>(
      sql`SELECT count(*)::int AS n FROM audit_trail WHERE action = 'task.updated' AND entity_id = ANY(${ids}::int[])`,
    );
    expect(counted?.n).toBe(999);
    expect(
      (await as(manager).post('/api/tasks/bulk-update', { task_ids: [ids[0], 2_000_000], status: 'blocked' })).status,
    ).toBe(404);
    expect(await statusOf(ids[0] ?? 0)).toBe('pending');
    expect(
      (
        await as(manager).post('/api/tasks/bulk-update', {
          task_ids: Array.from({ length: 1001 }, (_, i) => i + 1),
          status: 'blocked',
        })
      ).status,
    ).toBe(422);
  }, 60_000);

  it('are one rule for rows and for SQL', async () => {
    const condition = fc.record(
      { assigneeId: fc.constantFrom(1, developer.id, sleeper.id), priority: fc.constantFrom('low', 'critical') },
      { requiredKeys: [] },
    );
    const rows = await app.rows<TaskFacts & { id: number }>(
      sql`SELECT id, assigned_to_id AS "assigneeId", priority FROM tasks`,
    );
    const scopes = fc.oneof(fc.constant(ALL), fc.constant(NONE), fc.array(condition, { maxLength: 3 }));
    await fc.assert(
      fc.asyncProperty(scopes, async (scope) => {
        const typed = scope as Scope<TaskFacts>;
        const found = await app.rows<{ id: number }>(
          sql`SELECT t.id FROM tasks t WHERE ${inScope(typed, TASK_COLUMNS)}`,
        );
        expect(found.map(({ id }) => id).sort()).toEqual(
          rows
            .filter((row) => matches(row, typed))
            .map(({ id }) => id)
            .sort(),
        );
      }),
      { numRuns: 40 },
    );
    expect(() => inScope<TaskFacts>([{ assigneeId: undefined as unknown as number }], TASK_COLUMNS)).toThrow();
  });
});
