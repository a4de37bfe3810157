import { type Socket } from 'node:net';
import { Client } from 'pg';
import { type TestActor, anActor, as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

const TEXT = 'a'.repeat(50_000);
const SIBLINGS = 40;

describe('changes of a task among others with long descriptions', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let root: number;
  let own: number;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer', { timezone: 'Africa/Accra' });
    app.clock.set('2026-03-02T12:00:00Z');
    root = (await aTask(app, manager.id)).id;
    own = (await aTask(app, developer.id, { parent: root })).id;
    for (let i = 0; i < SIBLINGS; i++) await aTask(app, manager.id, { parent: root });
    await app.rows(sql`UPDATE tasks SET description = ${TEXT} WHERE ${root} IN (id, parent_task_id)`);
  });
  afterAll(() => app.stop());
  afterEach(() => jest.restoreAllMocks());

  /** The answer, and how many characters PostgreSQL sent for it. */
  const measured = async <A extends { status: number }>(ask: () => Promise<A>) => {
    const { query } = Client.prototype;
    const before = new Map<Socket, number>();
    jest.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...given: unknown[]) {
      const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
      if (!before.has(stream)) before.set(stream, stream.bytesRead);
      return Reflect.apply(query, this, given) as unknown;
    } as never);
    const { status } = await ask();
    jest.restoreAllMocks();
    const read = [...before].reduce((sum, [stream, at]) => sum + stream.bytesRead - at, 0);
    return { status, descriptions: Math.floor(read / TEXT.length) };
  };
  const described = async (id: number) =>
    (
      await app.rows<{ description: unknown; status: string }>(sql`SELECT changes->'description' AS description,
        changes->'status'->>1 AS status FROM audit_trail WHERE entity_type = 'task' AND entity_id = ${id} ORDER BY id DESC LIMIT 1`)
    )[0];

  it('read none of theirs for a new status, a new child, a restoration or a bulk change', async () => {
    const deleted = (await aTask(app, manager.id, { parent: root })).id;
    const child = {
      title: 'T',
      estimated_hours: 1,
      deadline: '2100-01-01',
      assigned_to: manager.id,
      parent_task: root,
    };
    const asks = [
      () => as(developer).patch(`/api/tasks/${root}`, { status: 'in_progress' }),
      () => as(manager).patch(`/api/tasks/${root}`, { status: 'in_progress' }),
      () => as(manager).post('/api/tasks', child),
      () => as(manager).post('/api/tasks/bulk', { tasks: [child] }),
      () => as(manager).patch('/api/tasks/bulk', { task_ids: [own, root], changes: { status: 'pending' } }),
      () => as(manager).patch('/api/tasks/bulk', { task_ids: [own, root], changes: { priority: 'high' } }),
      () => as(manager).post('/api/tasks/bulk-update', { task_ids: [own, root], status: 'in_progress' }),
      () => as(manager).delete(`/api/tasks/${deleted}`),
      () => as(manager).post(`/api/tasks/${deleted}/restore`),
    ];
    const answers = [];
    for (const ask of asks) answers.push(await measured(ask));
    expect(answers.map(({ status }) => status)).toEqual([404, 200, 201, 200, 200, 200, 200, 204, 200]);
    // The answer of a single change has the description of its own task, also in its audit of requests.
    expect(answers.filter(({ descriptions }) => descriptions > 2)).toEqual([]);
    expect(await described(root)).toEqual({ description: null, status: 'in_progress' });
  });

  it('read none before it is known that so much text may be replaced, and by whom', async () => {
    const ids = (
      await app.rows<{ id: number }>(sql`INSERT INTO tasks
        (title, description, assigned_to_id, created_by_id, estimated_hours, deadline)
        SELECT 'T', ${TEXT}, ${manager.id}::int, ${manager.id}::int, 1, '2100-01-01' FROM generate_series(1, 201) RETURNING id`)
    ).map(({ id }) => id);
    const answers = [];
    for (const actor of [manager, developer])
      for (const extra of [{}, { status: 'pending' }])
        for (const query of ['?dry_run=true', '?dry_run=true&mode=partial']) {
          const changes = { description: '', ...extra };
          answers.push(await measured(() => as(actor).patch(`/api/tasks/bulk${query}`, { task_ids: ids, changes })));
        }
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 404, 200, 404, 200]);
    expect(answers.filter(({ descriptions }) => descriptions > 2)).toEqual([]);
  });

  it('read none of a task that the caller does not see', async () => {
    for (const also of [{}, { status: 'pending' }])
      expect(await measured(() => as(developer).patch(`/api/tasks/${root}`, { description: 'Mine', ...also }))).toEqual(
        { status: 404, descriptions: 0 },
      );
  });

  it('read that of the task whose description changes, for the audit trail', async () => {
    const { status, descriptions } = await measured(() =>
      as(manager).patch(`/api/tasks/${root}`, { status: 'blocked', description: 'Short' }),
    );
    expect(status).toBe(200);
    expect(descriptions).toBeLessThan(4);
    expect(await described(root)).toEqual({ description: [TEXT, 'Short'], status: 'blocked' });
    const bulk = await as(manager).patch('/api/tasks/bulk', {
      task_ids: [own, root],
      changes: { status: 'pending', description: 'Shorter' },
    });
    expect(bulk.status).toBe(200);
    expect((await described(own))?.description).toEqual([TEXT, 'Shorter']);
    expect((await described(root))?.description).toEqual(['Short', 'Shorter']);
    await as(manager).patch('/api/tasks/bulk', { task_ids: [own], changes: { description: 'Last' } });
    expect((await described(own))?.description).toEqual(['Shorter', 'Last']);
    await as(manager).patch(`/api/tasks/${own}`, { description: 'Very last' });
    expect((await described(own))?.description).toEqual(['Last', 'Very last']);
  });
});
