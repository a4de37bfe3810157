import { concernedIds, MAX_CONCERNED } from '../../src/tasks/task-hierarchy.sql.js';
import { type TestActor, anActor, as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { connected } from '../support/database.js';
import { aTask } from '../support/factories.js';

let app: TestApp;
let manager: TestActor;

// Each with a table of its own, for its statistics.
beforeEach(async () => {
  app = await TestApp.start();
  manager = await anActor(app, 'manager');
});
afterEach(() => app.stop());

const withChildren = async (count: number, status = 'pending'): Promise<number> => {
  const { id } = await aTask(app, manager.id);
  await app.rows(sql`INSERT INTO tasks (title, assigned_to_id, created_by_id, parent_task_id, estimated_hours, deadline,
      status, completed_at)
    SELECT 'T', ${manager.id}::int, ${manager.id}::int, ${id}::int, 1, '2100-01-01', ${status}, CASE WHEN ${status} = 'completed' THEN now() END FROM generate_series(1, ${count}::int)`);
  return id;
};
const childOf = async (parent: number) =>
  (await app.rows<{ id: number }>(sql`SELECT max(id) AS id FROM tasks WHERE parent_task_id = ${parent}`))[0]?.id ?? 0;
const counted = async (parent: number) =>
  (
    await app.rows<{ live: number; completed: number; changes: number }>(sql`SELECT
      count(*) FILTER (WHERE deleted_at IS NULL)::int AS live, count(*) FILTER (WHERE status = 'completed')::int AS completed,
      (SELECT count(*)::int FROM audit_trail WHERE entity_type = 'task' AND entity_id IN
        (SELECT id FROM tasks WHERE parent_task_id = ${parent}::int)) AS changes
      FROM tasks WHERE parent_task_id = ${parent}::int`)
  )[0];
const problemOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];
const aChild = (parent_task: number) => ({
  title: 'T',
  estimated_hours: 1,
  deadline: '2100-01-01',
  assigned_to: manager.id,
  parent_task,
});

describe('a task with as many below it as one change may concern', () => {
  it('is completed, deleted and restored with them', async () => {
    const children = MAX_CONCERNED - 1;
    const root = await withChildren(children);
    expect((await as(manager).patch(`/api/tasks/${root}`, { status: 'completed' })).status).toBe(200);
    expect(await counted(root)).toEqual({ live: children, completed: children, changes: children });
    expect((await as(manager).delete(`/api/tasks/${root}`)).status).toBe(204);
    expect(await counted(root)).toEqual({ live: 0, completed: children, changes: 2 * children });
    expect((await as(manager).post(`/api/tasks/${root}/restore`)).status).toBe(200);
    expect(await counted(root)).toEqual({ live: children, completed: children, changes: 3 * children });
    expect(
      await app.rows(sql`SELECT action, count(*)::int AS n FROM task_history
      WHERE task_id IN (SELECT id FROM tasks WHERE parent_task_id = ${root}) GROUP BY action ORDER BY action`),
    ).toEqual([
      { action: 'restored', n: children },
      { action: 'status_cascaded', n: children },
    ]);
  });
});

describe('a task with more below it', () => {
  const children = MAX_CONCERNED + 1;

  it('is changed where that concerns none of them', async () => {
    const root = await withChildren(children);
    const child = await childOf(root);
    const who = as(manager);
    const answers = [
      await who.patch(`/api/tasks/${root}`, { status: 'in_progress' }),
      await who.patch(`/api/tasks/${root}`, { status: 'blocked' }),
      await who.patch(`/api/tasks/${child}`, { status: 'completed', parent_task: root }),
      await who.patch(`/api/tasks/${child}`, { status: 'blocked' }),
      await who.post('/api/tasks', aChild(root)),
      await who.post('/api/tasks/bulk', { tasks: [aChild(root)] }),
      await who.patch('/api/tasks/bulk', { task_ids: [child, root], changes: { status: 'pending' } }),
      await who.post('/api/tasks/bulk-update', { task_ids: [child, root], status: 'in_progress' }),
      await who.delete(`/api/tasks/${child}`),
      await who.post(`/api/tasks/${child}/restore`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 201, 200, 200, 200, 204, 200]);
  });

  it('is changed where it is completed already, and a child that is not finished is named', async () => {
    const root = await withChildren(children);
    const parent = (await aTask(app, manager.id)).id;
    await app.rows(sql`UPDATE tasks SET status = 'in_progress', parent_task_id = ${parent} WHERE id = ${root}`);
    const who = as(manager);
    const refused = await who.patch(`/api/tasks/${parent}`, { status: 'completed' });
    expect([...problemOf(refused), refused.body.child_id]).toEqual([409, 'child_unfinished', root]);
    await app.rows(sql`UPDATE tasks SET status = 'completed', completed_at = now() WHERE id = ${root}`);
    const changes = { status: 'completed', title: 'Closed' };
    expect((await who.patch(`/api/tasks/${root}`, changes)).status).toBe(200);
    expect((await who.patch('/api/tasks/bulk', { task_ids: [root, parent], changes })).status).toBe(200);
    expect(await counted(root)).toEqual({ live: children, completed: 0, changes: 0 });
  });

  it('comes back with all that were deleted with it', async () => {
    const root = await withChildren(children);
    await app.rows(sql`UPDATE tasks SET deleted_at = now() WHERE ${root} IN (id, parent_task_id)`);
    expect((await as(manager).post(`/api/tasks/${root}/restore`)).status).toBe(200);
    expect(await counted(root)).toEqual({ live: children, completed: 0, changes: children });
  });

  it('is not completed with its parent, one of many that change', async () => {
    const parent = (await aTask(app, manager.id)).id;
    const some = await app.rows<{
      id: number;
    }>(sql`INSERT INTO tasks (title, assigned_to_id, created_by_id, parent_task_id, estimated_hours, deadline, status)
      SELECT 'T', ${manager.id}::int, ${manager.id}::int, ${parent}::int, 1, '2100-01-01', 'in_progress' FROM generate_series(1, 900) RETURNING id`);
    const ids = some.map(({ id }) => id);
    await app.rows(sql`INSERT INTO tasks (title, assigned_to_id, created_by_id, parent_task_id, estimated_hours, deadline)
      SELECT 'T', ${manager.id}::int, ${manager.id}::int, ${parent}::int, 1, '2100-01-01' FROM generate_series(1, ${MAX_CONCERNED - 900}::int)`);
    const changes = { status: 'completed' };
    const change = () => as(manager).patch('/api/tasks/bulk', { task_ids: [parent, ...ids], changes });
    expect(problemOf(await change())).toEqual([409, 'too_many_concerned']);
    await app.rows(sql`UPDATE tasks SET parent_task_id = NULL WHERE id = (SELECT max(id) FROM tasks)`);
    expect((await change()).status).toBe(200);
    expect(await counted(parent)).toMatchObject({ completed: MAX_CONCERNED - 1 });
  });

  it('is neither completed nor deleted before there are fewer, and nothing is lost', async () => {
    const root = await withChildren(children);
    const who = as(manager);
    const answers = [
      await who.patch(`/api/tasks/${root}`, { status: 'completed' }),
      await who.patch('/api/tasks/bulk', { task_ids: [root], changes: { status: 'completed' } }),
      await who.patch('/api/tasks/bulk?mode=partial&dry_run=true', {
        task_ids: [root],
        changes: { status: 'completed' },
      }),
      await who.post('/api/tasks/bulk-update', { task_ids: [root], status: 'completed' }),
      await who.delete(`/api/tasks/${root}`),
    ];
    expect(answers.map(problemOf)).toEqual(Array(5).fill([409, 'too_many_concerned']));
    expect(await counted(root)).toEqual({ live: children, completed: 0, changes: 0 });
    const some = await app.rows<{ id: number }>(sql`SELECT id FROM tasks WHERE parent_task_id = ${root} LIMIT 2`);
    const changes = { task_ids: some.map(({ id }) => id), changes: { status: 'completed' } };
    expect((await who.patch('/api/tasks/bulk', changes)).status).toBe(200);
    expect((await who.patch(`/api/tasks/${root}`, { status: 'completed' })).status).toBe(200);
    expect(await counted(root)).toEqual({ live: children, completed: children, changes: children });
  });

  it('counts all hierarchies of a change of many', async () => {
    const roots = [await withChildren(MAX_CONCERNED / 2), await withChildren(MAX_CONCERNED / 2)];
    const change = (task_ids: number[]) =>
      as(manager).patch('/api/tasks/bulk', { task_ids, changes: { status: 'completed' } });
    expect(problemOf(await change(roots))).toEqual([409, 'too_many_concerned']);
    expect((await change(roots.slice(1))).status).toBe(200);
  });
});

describe('a chain of more tasks', () => {
  it('does not grow, and its last task is changed where that concerns no other', async () => {
    const [first] = await app.rows<{
      id: number;
    }>(sql`SELECT nextval('tasks_id_seq')::int AS id FROM generate_series(1, ${MAX_CONCERNED + 1}::int)
      ORDER BY id`);
    const id = first?.id ?? 0;
    await app.rows(sql`INSERT INTO tasks (id, title, assigned_to_id, created_by_id, parent_task_id, estimated_hours, deadline)
      SELECT ${id}::int + n, 'T', ${manager.id}::int, ${manager.id}::int, nullif(${id}::int + n - 1, ${id}::int - 1), 1, '2100-01-01'
      FROM generate_series(0, ${MAX_CONCERNED}::int) n`);
    const last = id + MAX_CONCERNED;
    const who = as(manager);
    const answers = [
      await who.post('/api/tasks', aChild(last)),
      await who.post('/api/tasks/bulk', { tasks: [aChild(last)] }),
      await who.patch(`/api/tasks/${last}`, { status: 'blocked' }),
    ];
    expect(answers.map(problemOf)).toEqual(Array(3).fill([409, 'too_many_concerned']));
    expect((await who.patch(`/api/tasks/${last}`, { status: 'in_progress' })).status).toBe(200);
    expect((await who.post('/api/tasks', aChild(last - 1))).status).toBe(201);
  });
});

describe('tasks nearly all of which have one parent, as the statistics of the database know', () => {
  it('are found by their parent, one look-up for each', async () => {
    const root = await withChildren(20_000);
    await app.rows(sql`UPDATE tasks SET deleted_at = now()
      WHERE id IN (SELECT id FROM tasks WHERE parent_task_id = ${root}::int ORDER BY id DESC OFFSET 1000)`);
    await app.rows(sql`ANALYZE tasks`);
    const subject = { role: 'manager', id: manager.id, atWork: true } as const;
    const { text, values } = concernedIds(subject, { ids: [root], below: 'live' });
    const plan = await connected(app.url, (client) => client.query<object>(`EXPLAIN ${text}`, values));
    const lines = plan.rows.map((row) => Object.values(row).join()).filter((line) => line.includes('on tasks below'));
    expect(lines).toEqual([expect.stringContaining('Index Scan using tasks_parent_task_id_idx')]);
  });
});
