import fc from 'fast-check';
import { type Sql } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { Tracing } from '../../../src/infrastructure/tracing/tracing.js';
import { Budgets } from '../../../src/infrastructure/budgets/budgets.service.js';
import { type Actor } from '../../../src/core/authorization/actor.js';
import { Narrowings } from '../../../src/core/authorization/narrowings.service.js';
import { Clock } from '../../../src/core/clock.js';
import { Database, type PageOptions } from '../../../src/infrastructure/database/database.js';
import { SORTS, type TasksListed } from '../../../src/tasks/list/task-filter.dto.js';
import { TaskSerializer } from '../../../src/tasks/list/task-serializer.js';
import { TasksQueries } from '../../../src/tasks/tasks.queries.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';

const TASKS = 120_000;
const DEVELOPERS = 550;
/** Limit of the rows that a page reads, for any filter and order: a small part of the tasks, which does not grow with them. */
const ROWS = 8000;
const BUFFERS = 16_000;
const DAY = 86_400_000;

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly Node[];
}

/** A database that keeps how PostgreSQL went about each list. */
class Explained extends Database {
  readonly plans: Node[] = [];

  override async queryRaw(statement: Sql): ReturnType<Database['queryRaw']> {
    const { text, values } = sql`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${statement}`;
    const { rows } = await this.pool.query<{ 'QUERY PLAN': { Plan: Node }[] }>(text, values);
    this.plans.push(...(rows[0]?.['QUERY PLAN'].map(({ Plan }) => Plan) ?? []));
    // The product prepares on the same connections, under names of its own.
    return super.queryRaw(statement, 'custom');
  }

  override async pageRaw(statement: Sql, { limit }: PageOptions): ReturnType<Database['pageRaw']> {
    return { rows: await this.queryRaw(statement), limit };
  }
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** Nodes of a plan that grow with the number of tasks. */
function faults(plan: Node): string[] {
  const buffers = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  return [
    ...(buffers > BUFFERS ? [`${buffers} buffers`] : []),
    ...nodesOf(plan).flatMap((node) => {
      const rows = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
      const what = `${node['Node Type']} ${node['Relation Name'] ?? ''}`;
      const whole = node['Node Type'] === 'Seq Scan' && /^task/.test(node['Relation Name'] ?? '');
      return rows > ROWS || whole ? [`${what} of ${rows} rows`] : [];
    }),
  ];
}

describe('lists among many tasks', () => {
  let app: TestApp;
  let manager: TestActor;
  let developer: TestActor;
  let database: Explained;
  let queries: TasksQueries;
  let first: number;

  beforeAll(async () => {
    app = await TestApp.start();
    manager = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
    await fill();
    database = new Explained(app.nest.get(DataSource), app.nest.get(Budgets), app.nest.get(Tracing));
    queries = new TasksQueries(database, app.nest.get(TaskSerializer), app.nest.get(Clock), new Narrowings([]));
  }, 300_000);
  afterAll(() => app.stop());

  /** No column foretells another. */
  async function fill(): Promise<void> {
    const [index] = await app.rows<{ made: string }>(
      sql`SELECT pg_get_indexdef('task_texts_pieces_idx'::regclass) AS made`,
    );
    await app.rows(sql`DROP INDEX task_texts_pieces_idx`);
    await app.rows(sql`INSERT INTO users (username, email, hashed_password, role, email_verified)
      SELECT 'many' || n, 'many' || n || '@example.org', '!', 'developer', true FROM generate_series(1, ${DEVELOPERS}::int) n`);
    await app.rows(sql`INSERT INTO tags (name) SELECT 'tag ' || n FROM generate_series(1, 20) n`);
    await app.rows(sql`INSERT INTO tasks (title, description, status, priority, assigned_to_id, created_by_id, parent_task_id,
        estimated_hours, actual_hours, deadline, created_at, updated_at, completed_at)
      SELECT 'Visit ' || n || ' of site ' || c / 64 % 50, 'All forms of visit ' || n, s.status,
        (ARRAY['low', 'medium', 'high', 'critical'])[c / 8 % 4 + 1], ${developer.id}::int + n % ${DEVELOPERS}::int,
        CASE WHEN n % 1000 = 0 THEN ${developer.id}::int ELSE ${manager.id}::int END, NULL, n % 40 + 1, c / 512 % 50,
        now() + (c / 4096 % 400 - 100) * interval '1 day' + n * interval '1 second', now() - n * interval '1 minute',
        now() - n * interval '1 second', CASE s.status WHEN 'completed' THEN now() END
      FROM generate_series(1, ${TASKS}::int) n, LATERAL (SELECT hashint4(n) & 2147483647 AS c) h,
        LATERAL (SELECT (ARRAY['pending', 'in_progress', 'completed', 'blocked', 'pending'])[c % 5 + 1] AS status) s`);
    await app.rows(sql`INSERT INTO task_tags SELECT id, 1 + id % 20 FROM tasks WHERE id % 2 = 0`);
    [{ first }] = (await app.rows<{ first: number }>(sql`SELECT min(id) AS first FROM tasks`)) as [{ first: number }];
    await app.rows(sql`UPDATE tasks SET parent_task_id = ${first} WHERE id BETWEEN ${first + 1} AND ${first + 5}`);
    await app.rows({ text: index?.made, values: [] } as unknown as Sql);
    await app.rows(sql`ANALYZE tasks, task_tags, task_texts, users`);
  }

  /** The plans of a first page, and of one further on. */
  async function plans(who: TestActor, filter: Omit<TasksListed, 'limit'>): Promise<Node[]> {
    const me = { id: who.id, role: who.role, atWork: true } as Actor;
    database.plans.length = 0;
    const { next } = await queries.page(me, filter as TasksListed, 1000);
    database.plans.length = 0;
    await queries.page(me, filter as TasksListed, 50);
    if (next !== undefined) await queries.page(me, { ...filter, cursor: next } as TasksListed, 50);
    return [...database.plans];
  }

  const after = (days: number) => new Date(Date.now() + days * DAY);
  const FILTERS: Record<string, () => Partial<TasksListed>> = {
    'no filter': () => ({}),
    status: () => ({ status: ['blocked'] }),
    'any of several statuses': () => ({ status: ['pending', 'in_progress'] }),
    priority: () => ({ priority: ['critical'] }),
    'any of several priorities': () => ({ priority: ['low', 'high'] }),
    assigned_to: () => ({ assigned_to: [developer.id + 7] }),
    created_by: () => ({ created_by: [developer.id] }),
    'created_by of nearly all': () => ({ created_by: [manager.id] }),
    'created_by of none': () => ({ created_by: [developer.id + 1] }),
    parent_task: () => ({ parent_task: [first] }),
    tags: () => ({ tags: [3] }),
    'a tag of none': () => ({ tags: [999_999] }),
    deadline_before: () => ({ deadline_before: after(-30) }),
    deadline_after: () => ({ deadline_after: after(200) }),
    'a month of deadlines': () => ({ deadline_after: after(10), deadline_before: after(40) }),
    'overdue=true': () => ({ overdue: true }),
    'overdue=false': () => ({ overdue: false }),
    'needs_attention=blocked': () => ({ needs_attention: ['blocked'] }),
    'needs_attention=overdue': () => ({ needs_attention: ['overdue'] }),
    'needs_attention=overworked': () => ({ needs_attention: ['overworked'] }),
    'needs_attention of all kinds': () => ({ needs_attention: ['blocked', 'overdue', 'overworked'] }),
    'status and priority': () => ({ status: ['blocked'], priority: ['critical'] }),
    'status and assignee': () => ({ status: ['pending'], assigned_to: [developer.id + 7] }),
    'overdue and priority': () => ({ overdue: true, priority: ['high'] }),
    'tags and status': () => ({ tags: [1, 3, 5, 7], status: ['completed'] }),
    'q of one task': () => ({ q: `visit ${TASKS - 1}` }),
    'q of nearly all': () => ({ q: 'forms' }),
    'q of some': () => ({ q: 'site 37' }),
    'q of none': () => ({ q: 'nowhere to be found' }),
    'q of one letter': () => ({ q: 'z' }),
    'q of two digits': () => ({ q: '99' }),
    'q and status': () => ({ q: 'visit 77', status: ['blocked'] }),
  };

  it.each(SORTS.flatMap((sort) => [sort, `-${sort}`]))('sorts by %s in a bounded number of steps', async (sort) => {
    for (const who of [manager, developer])
      for (const plan of await plans(who, { sort: [sort] })) expect([who.role, faults(plan)]).toEqual([who.role, []]);
  });

  it.each([
    '-priority,deadline',
    'priority,title',
    '-priority,-created_at',
    'deadline,-title',
    '-title,priority,deadline',
  ])('sorts by %s in a bounded number of steps', async (sort) => {
    for (const plan of await plans(manager, { sort: sort.split(',') })) expect(faults(plan)).toEqual([]);
  });

  it.each(Object.keys(FILTERS))('filters by %s in a bounded number of steps, in any order', async (name) => {
    const filter = FILTERS[name]?.() ?? {};
    for (const sort of ['id', '-deadline', '-priority', 'created_at', '-updated_at', 'title'])
      for (const plan of await plans(manager, { ...filter, sort: [sort] }))
        expect([sort, faults(plan)]).toEqual([sort, []]);
  });

  describe('search', () => {
    const TEXTS = [
      "Größe ÄÖÜ, 5 o'clock",
      'back\\slash 100%_x',
      'ΣΊΣΥΦΟΣ ΟΔΟΣ',
      'İstanbul 日本語 😀x',
      '%',
      "a' & 'b:*",
      'l1\u0001l2',
    ];

    beforeAll(async () => {
      for (const text of TEXTS)
        await app.rows(sql`INSERT INTO tasks (title, description, assigned_to_id, created_by_id, estimated_hours, deadline)
          VALUES (${text}, ${`About ${text.repeat(3)}`}, ${developer.id}, ${manager.id}, 1, now())`);
    });

    const found = async (q: string, more = '') => {
      const { status, body } = await as(manager).get(`/api/tasks?q=${encodeURIComponent(q)}${more}`);
      expect([q, status]).toEqual([q, 200]);
      return (body as { id: number }[]).map(({ id }) => id);
    };
    const contained = async (q: string) => {
      const pattern = `%${q.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
      const rows = await app.rows<{ id: number }>(sql`SELECT id FROM tasks
        WHERE deleted_at IS NULL AND (title ILIKE ${pattern} OR description ILIKE ${pattern}) ORDER BY id`);
      return rows.map(({ id }) => id);
    };

    it.each([
      ...[
        'größe',
        'GRÖSSE',
        'äöü',
        'ß',
        'Ö',
        "o'clock",
        "'",
        '\\',
        '\\s',
        '%_',
        '%',
        '_',
        '100%',
        'σίσυφος',
        'ς',
        'οδος',
      ],
      ...[
        '日本',
        '日',
        '😀',
        '😀x',
        'İst',
        'i',
        "' & '",
        ':*',
        'b:*',
        '\u0001',
        'clock\nabout',
        `visit ${TASKS}`,
        '99',
        '7',
      ],
      ...[
        'Visit 11999 of',
        `of visit ${TASKS - 5}`,
        'zz',
        'not there',
        'x'.repeat(200),
        `all forms of visit ${TASKS - 77}`,
      ],
    ])('finds %j wherever it is, as a scan of all would', async (q) => {
      const all = await contained(q);
      expect(await found(q, '&limit=50')).toEqual(all.slice(0, 50));
      expect(await found(q, '&limit=50&sort=-id')).toEqual(all.slice(-50).reverse());
      if (all.length < 1000) expect(await found(q)).toEqual(all);
      const { headers } = await as(manager).get(`/api/tasks?limit=1&include_total=true&q=${encodeURIComponent(q)}`);
      expect(headers['x-total-count']).toBe(String(all.length));
    });

    it('finds what a text became, and no longer what it was', async () => {
      const body = {
        title: 'Unheard-of word',
        estimated_hours: 1,
        deadline: '2030-01-01T00:00:00Z',
        assigned_to: developer.id,
      };
      const { body: task } = await as(manager).post('/api/tasks', body);
      expect(await found('unheard-of', '&limit=5')).toEqual([task.id]);
      await as(manager).patch(`/api/tasks/${task.id}`, { title: 'Other', description: 'Never-seen text' });
      expect(await found('unheard-of', '&limit=5')).toEqual([]);
      expect(await found('never-seen', '&limit=5')).toEqual([task.id]);
      await as(manager).patch(`/api/tasks/${task.id}`, { status: 'in_progress' });
      expect(await found('r\nnever', '&limit=5')).toEqual([]);
    });

    it('cuts every text so that all that it contains is found', async () => {
      const unit = fc.constantFrom(..."aAbB1 '\\%_&|!:*()<>äÄßσΣςİıＡ日😀\n\u0001é".split(/(?:)/u));
      // Long texts are cut in another way than short ones.
      const text = fc.oneof(
        { weight: 4, arbitrary: fc.string({ unit, minLength: 1, maxLength: 40 }) },
        { weight: 1, arbitrary: fc.string({ unit, minLength: 120, maxLength: 200, size: 'max' }) },
      );
      const cases = fc.sample(fc.record({ text, from: fc.nat(199), length: fc.integer({ min: 1, max: 40 }) }), 500);
      for (const { text: whole, from, length } of cases) {
        const characters = [...whole];
        const part = characters
          .slice(from % characters.length)
          .slice(0, length)
          .join('');
        const [row] = await app.rows<{ hit: boolean; cased: boolean }>(sql`SELECT
          text_pieces(${whole}) @@ pieces_sought(${part}) AS hit, text_pieces(${whole}) @@ pieces_sought(upper(${part})) OR
          NOT ${whole}::text ILIKE '%' || replace(replace(replace(upper(${part}), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%' AS cased`);
        expect([whole, part, row]).toEqual([whole, part, { hit: true, cased: true }]);
      }
    });

    it('takes texts of any length', async () => {
      const description = Array.from({ length: 50_000 }, (_, i) =>
        String.fromCodePoint(0x4e00 + ((i * 7) % 20_000)),
      ).join('');
      const body = {
        title: 'Long',
        description,
        estimated_hours: 1,
        deadline: '2030-01-01T00:00:00Z',
        assigned_to: developer.id,
      };
      const { body: task, status } = await as(manager).post('/api/tasks', body);
      expect(status).toBe(201);
      expect(await found(description.slice(-30), '&limit=5')).toEqual([task.id]);
    });
  });
});
