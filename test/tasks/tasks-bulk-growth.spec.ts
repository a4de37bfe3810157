import { Client } from 'pg';
import { DtoValidationPipe } from '../../src/core/http/validation.pipe.js';
import { BulkCreationService } from '../../src/tasks/bulk-creation.service.js';
import { type TestActor, anActor, as } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';

type Item = { status: number; problem?: { code: string } };

describe('bulk changes of /api/tasks', () => {
  let app: TestApp;
  let manager: TestActor;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
  });
  afterAll(() => app.stop());

  const tasksWith = async (title: string, status: string, parents: (number | null)[]) => {
    const rows = await app.rows<{ id: number }>(
      sql`INSERT INTO tasks (title, status, parent_task_id, assigned_to_id, created_by_id, estimated_hours, deadline, completed_at)
        SELECT ${title}::text, ${status}::text, parent, ${manager.id}::int, ${manager.id}::int, 1, '2100-01-01',
          CASE WHEN ${status}::text = 'completed' THEN now() END FROM unnest(${parents}::int[]) AS parent RETURNING id`,
    );
    return rows.map(({ id }) => id);
  };
  const alone = (count: number) => new Array<null>(count).fill(null);
  const codes = ({ body }: { body: { results: Item[] } }) =>
    new Set(body.results.map(({ status, problem }) => problem?.code ?? status));

  /** Counts what builds and rebuilds of the hierarchy do; times depend on the machine. */
  const counted = async <A>(ask: () => Promise<A>) => {
    const { get } = Map.prototype;
    let reads = 0;
    Map.prototype.get = function (this: Map<unknown, unknown>, key: unknown) {
      reads++;
      return get.call(this, key) as unknown;
    };
    try {
      return { answer: await ask(), reads };
    } finally {
      Map.prototype.get = get;
    }
  };

  it.each(['atomic', 'partial'])('take time proportional to the tasks where all conflict: %s', async (mode) => {
    const completed = async (count: number) => {
      const task_ids = await tasksWith('Parent', 'pending', alone(count));
      await tasksWith('Child', 'in_progress', task_ids);
      return counted(() =>
        as(manager).patch(`/api/tasks/bulk?mode=${mode}`, { task_ids, changes: { status: 'completed' } }),
      );
    };
    const [few, many] = [await completed(100), await completed(1000)];
    expect([many.answer.status, codes(many.answer)]).toEqual([
      mode === 'atomic' ? 409 : 200,
      new Set(['child_unfinished']),
    ]);
    expect(few.reads).toBeGreaterThan(200);
    expect(many.reads).toBeLessThan(15 * few.reads);
  });

  const blockedBelow = (parents: (number | null)[], query: string) =>
    counted(() =>
      as(manager).post(`/api/tasks/bulk${query}`, {
        tasks: parents.map((parent_task) => ({
          ...{ title: 'Child', estimated_hours: 1, deadline: '2100-01-01', assigned_to: manager.id },
          ...{ parent_task, status: 'blocked' },
        })),
      }),
    );

  it('take time proportional to the tasks where each new one blocks another parent', async () => {
    const parents = await tasksWith('Parent', 'pending', alone(1000));
    const few = await blockedBelow(parents.slice(0, 100), '?dry_run=true');
    const many = await blockedBelow(parents, '');
    expect([many.answer.status, codes(many.answer)]).toEqual([200, new Set([201])]);
    expect(few.reads).toBeGreaterThan(100);
    expect(many.reads).toBeLessThan(15 * few.reads);
    const blocked = await app.rows(
      sql`SELECT FROM tasks t JOIN audit_trail a ON a.entity_id = t.id AND a.action = 'task.status_cascaded'
        WHERE t.id = ANY(${parents}::int[]) AND t.status = 'blocked'`,
    );
    expect(blocked).toHaveLength(1000);
  });

  it('take time proportional to the tasks where a completed one far above each new one cannot be blocked', async () => {
    const chain = await tasksWith('Root', 'completed', [null]);
    for (let level = 0; level < 300; level++) chain.push(...(await tasksWith('Below', 'pending', chain.slice(-1))));
    const lowest = (count: number) => new Array<number>(count).fill(chain.at(-1) as number);
    const few = await blockedBelow(lowest(100), '?mode=partial');
    const many = await blockedBelow(lowest(1000), '?mode=partial');
    expect([many.answer.status, codes(many.answer)]).toEqual([200, new Set(['parent_completed'])]);
    expect(few.reads).toBeGreaterThan(300);
    expect(many.reads).toBeLessThan(15 * few.reads);
    // A walk up the chain for each task would take more than a million.
    expect(many.reads).toBeLessThan(200_000);
  });

  it('send PostgreSQL each task and each tag once, not each pair of them', async () => {
    const task_ids = await tasksWith('Tagged', 'pending', alone(300));
    const tags = await app.rows<{ id: number }>(
      sql`INSERT INTO tags (name) SELECT 'tag ' || n FROM generate_series(1, 20) n RETURNING id`,
    );
    const changes = { tags: tags.map(({ id }) => id) };
    const query = jest.spyOn(Client.prototype, 'query');
    const { status } = await as(manager).patch('/api/tasks/bulk', { task_ids, changes });
    const lists = query.mock.calls.flatMap(([statement]) =>
      ((statement as { values?: unknown[] }).values ?? []).flatMap((value) =>
        Array.isArray(value) ? [value.length] : [],
      ),
    );
    query.mockRestore();
    expect([status, Math.max(...lists)]).toEqual([200, 300]);
    const [stored] =
      await app.rows(sql`SELECT count(*)::int AS pairs, count(DISTINCT tag_id)::int AS tags FROM task_tags
      WHERE task_id = ANY(${task_ids}::int[])`);
    expect(stored).toEqual({ pairs: 6000, tags: 20 });
  });

  it('leave other requests their turn while a thousand tasks are validated', async () => {
    const { pipe } = app.nest.get(BulkCreationService) as unknown as { pipe: DtoValidationPipe };
    const { transform } = DtoValidationPipe.prototype;
    const perTurn = new Map<number, number>();
    let turn = 0;
    const next = () => {
      turn++;
      running = setImmediate(next);
    };
    let running = setImmediate(next);
    pipe.transform = (...given) => {
      perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
      return transform.apply(pipe, given);
    };
    const { answer } = await blockedBelow(alone(1000), '?dry_run=true');
    clearImmediate(running);
    Reflect.deleteProperty(pipe, 'transform');
    expect(answer.status).toBe(200);
    expect([...perTurn.values()].reduce((sum, count) => sum + count)).toBe(1000);
    expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(100);
  });

  it('judge each new task on what the ones before leave', async () => {
    const [root] = (await tasksWith('Root', 'in_progress', [null])) as [number];
    const [middle] = (await tasksWith('Middle', 'pending', [root])) as [number];
    const [done] = (await tasksWith('Done', 'completed', [null])) as [number];
    const [below] = (await tasksWith('Below', 'pending', [done])) as [number];
    const { answer } = await blockedBelow([below, middle, root, below, done], '?mode=partial');
    expect(answer.body.results.map(({ status, problem }: Item) => problem?.code ?? status)).toEqual([
      ...['parent_completed', 201, 201, 'parent_completed', 'parent_completed'],
    ]);
    const statuses = await app.rows(
      sql`SELECT id, status, version FROM tasks WHERE id = ANY(${[root, middle, done, below]}::int[]) ORDER BY id`,
    );
    expect(statuses).toEqual([
      { id: root, status: 'blocked', version: 2 },
      { id: middle, status: 'blocked', version: 2 },
      { id: done, status: 'completed', version: 1 },
      { id: below, status: 'pending', version: 1 },
    ]);
  });
});
