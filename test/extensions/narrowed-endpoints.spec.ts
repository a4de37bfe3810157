import fc from 'fast-check';
import sql, { raw } from 'sql-template-tag';
import { anActor, as, type TestActor } from '../support/actors.js';
import { type TestApp } from '../support/app.js';
import { narrowedApp } from './narrowed-app.js';
import { attributes, condition, isLeft, type Attributes, type RandomCondition } from './random-narrowings.js';

const EXTENSIONS = ['departments', 'embargoes'] as const;
const TASKS = 9;
const SEARCHED = 'calibration';

type Extension = (typeof EXTENSIONS)[number];
interface Link extends Attributes {
  readonly task: number;
}
interface Rule {
  readonly user: number;
  readonly condition: RandomCondition;
}
type World = Record<Extension, { readonly links: readonly Link[]; readonly rules: readonly Rule[] }>;

/** Positions of tasks and users stand for their ids. */
const link = fc.record({ task: fc.nat({ max: TASKS - 1 }), ...attributes });
const rule = fc.record({ user: fc.nat({ max: 3 }), condition });
const half = fc.record({ links: fc.array(link, { maxLength: 14 }), rules: fc.array(rule, { maxLength: 7 }) });
const world: fc.Arbitrary<World> = fc.record({ departments: half, embargoes: half });

function leaves(given: World, user: number, task: number): boolean {
  return EXTENSIONS.every((extension) => {
    const { links, rules } = given[extension];
    const rows = links.filter((one) => one.task === task);
    return isLeft(
      rows,
      rules.filter((one) => one.user === user).map((one) => one.condition),
    );
  });
}

describe('every reader under random narrowings of two extensions', () => {
  let app: TestApp;
  let boss: TestActor;
  let users: TestActor[];
  let ids: number[];
  /** Positions of the tasks that are not deleted, and of those of the developer. */
  const live = [...Array(TASKS).keys()].filter((task) => task !== 8);
  const assignee = (task: number) => (task % 3 === 0 ? 0 : 2);

  beforeAll(async () => {
    app = await narrowedApp();
    // Within the working hours of developers.
    app.clock.set(`${new Date().toISOString().slice(0, 10)}T12:00:00Z`);
    boss = await anActor(app, 'manager');
    users = [
      await anActor(app, 'manager'),
      await anActor(app, 'manager'),
      await anActor(app, 'developer'),
      await anActor(app, 'auditor'),
    ];
    ids = [];
    for (let task = 0; task < TASKS; task++) {
      const { body } = await as(boss).post('/api/tasks', {
        title: `Task ${task} ${task % 2 ? SEARCHED : ''}`,
        assigned_to: users[assignee(task)]?.id,
        deadline: '2100-01-01T00:00:00Z',
        estimated_hours: '1.00',
        status: task === 4 || task === 5 ? 'blocked' : 'pending',
      });
      ids.push(body.id as number);
    }
    expect((await as(boss).delete(`/api/tasks/${ids[8]}`)).status).toBe(204);
  });
  afterAll(() => app.stop());

  async function make(given: World): Promise<void> {
    for (const extension of EXTENSIONS) {
      const { links, rules } = given[extension];
      const rows = links.map(({ task, ...row }) => ({ ...row, task: ids[task] }));
      const facts = rules.map((one) => ({ user: users[one.user]?.id, condition: one.condition }));
      const of = raw(`${extension}_tasks`);
      const about = raw(`${extension}_rules`);
      await app.rows(sql`DELETE FROM ${of}`);
      await app.rows(sql`DELETE FROM ${about}`);
      await app.rows(sql`INSERT INTO ${of} SELECT task, unit, site, closed
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(task int, unit int, site text, closed boolean)`);
      await app.rows(sql`INSERT INTO ${about} SELECT "user", CASE WHEN jsonb_typeof(condition) = 'object' THEN condition END
        FROM jsonb_to_recordset(${JSON.stringify(facts)}::jsonb) AS r("user" int, condition jsonb)`);
    }
    for (const { id } of users) await as(boss).put('/api/departments/facts-changed', { user_id: id });
  }

  const idsIn = (rows: unknown, field = 'id') => (rows as Record<string, number>[]).map((row) => row[field] as number);
  const sorted = (values: Iterable<number>) => [...new Set(values)].sort((a, b) => a - b);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

  /** Answers of each reader to a user, in one shape. */
  async function shown(who: TestActor): Promise<Record<string, unknown>> {
    const read = async (path: string) => (await as(who).get(path)).body as never;
    const reachable = async (path: (id: number) => string, tasks: readonly number[]) => {
      const found: number[] = [];
      for (const task of tasks)
        if ((await as(who).get(path(ids[task] as number))).status === 200) found.push(ids[task] as number);
      return found;
    };
    const page = await as(who).get('/api/tasks?limit=1&include_total=true');
    const csv = (await as(who).get('/api/tasks/export.csv')).text.split('\n').slice(1);
    const overview = (await as(who).get('/api/analytics')).body as {
      my_tasks: { total: number; pending: number; by_status: { blocked: number } };
      team_tasks: { total: number; blocked_tasks_needing_attention: unknown };
    };
    const trends = (await read('/api/analytics/trends')) as { buckets: { created: number }[] };
    const actions = (await read('/api/tasks?include=allowed_actions')) as { id: number; allowed_actions: string[] }[];
    const notifications = (await read('/api/notifications')) as { task_id: number }[];
    const unread = (await read('/api/notifications/unread_count')) as { count: number };
    return {
      list: idsIn(await read('/api/tasks?sort=id')),
      byPriority: sorted(idsIn(await read('/api/tasks?sort=-priority,deadline&limit=50'))),
      total: Number(page.headers['x-total-count']),
      search: idsIn(await read(`/api/tasks?q=${SEARCHED}`)),
      single: await reachable((id) => `/api/tasks/${id}`, live),
      history: await reachable((id) => `/api/tasks/${id}/history`, live),
      csv: sorted(csv.map((line) => Number(line.split(',')[0]?.replaceAll('"', ''))).filter(Boolean)),
      actions: actions.map(({ id, allowed_actions }) => `${id} ${allowed_actions.slice(0, 2).join()}`),
      own: overview.my_tasks.total,
      ownBlocked: overview.my_tasks.by_status.blocked,
      team: overview.team_tasks.total,
      blocked: idsIn(overview.team_tasks.blocked_tasks_needing_attention),
      members: sum(idsIn(await read('/api/analytics/team'), 'total')),
      trends: sum(trends.buckets.map(({ created }) => created)),
      notifications: sorted(notifications.map(({ task_id }) => task_id)),
      unread: unread.count,
      ...(who.role !== 'developer' && {
        asOf: idsIn(await read(`/api/tasks?sort=id&as_of=${new Date().toISOString()}`)),
        entries: sorted(idsIn(await read('/api/audit/entries?entity_type=task'), 'entity_id').filter(Boolean)),
        histories: await reachable((id) => `/api/audit/entities/task/${id}`, [...live, 8]),
      }),
    };
  }

  function expected(given: World, user: number): Record<string, unknown> {
    const { role } = users[user] as TestActor;
    const kept = (task: number) => leaves(given, user, task);
    const visible = live.filter((task) => kept(task) && (role !== 'developer' || assignee(task) === user));
    const toIds = (tasks: readonly number[]) => tasks.map((task) => ids[task] as number);
    const mine = visible.filter((task) => assignee(task) === user);
    const notified = [...live, 8].filter((task) => assignee(task) === user && kept(task));
    const all = toIds(visible);
    return {
      list: all,
      byPriority: all,
      total: all.length,
      search: toIds(visible.filter((task) => task % 2)),
      single: all,
      history: all,
      csv: all,
      actions: all.map((id) => `${id} ${role === 'auditor' ? 'see' : 'see,edit'}`),
      own: mine.length,
      ownBlocked: mine.filter((task) => task === 4 || task === 5).length,
      team: all.length,
      blocked: toIds(visible.filter((task) => task === 4 || task === 5)),
      members: all.length,
      trends: all.length,
      notifications: toIds(notified),
      unread: notified.length,
      ...(role !== 'developer' && {
        asOf: all,
        entries: toIds([...live, 8].filter(kept)),
        histories: toIds([...live, 8].filter(kept)),
      }),
    };
  }

  it('shows exactly the tasks that are left to the user', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        await make(given);
        for (const [user, who] of users.entries()) expect(await shown(who)).toEqual(expected(given, user));
      }),
      { numRuns: 12 },
    );
  }, 240_000);

  it('lets a manager change exactly those, one by one and in bulk, and explains the same', async () => {
    await fc.assert(
      fc.asyncProperty(world, async (given) => {
        await make(given);
        const who = users[0] as TestActor;
        for (const task of live) {
          const id = ids[task] as number;
          const kept = leaves(given, 0, task);
          const patched = await as(who).patch(`/api/tasks/${id}`, { estimated_hours: '1.00' });
          expect([task, patched.status]).toEqual([task, kept ? 200 : 404]);
          const own = await as(who).post('/api/policy/explain', { action: 'edit', task: id });
          expect([task, own.body.allowed ?? own.body.code]).toEqual([task, kept || 'task_not_found']);
          const question = { action: 'see', task: id, user: users[2]?.id };
          const seen = assignee(task) === 2 && leaves(given, 2, task);
          const { body } = await as(boss).post('/api/policy/explain', question);
          expect([task, body.allowed, body.code]).toEqual([task, seen, seen ? null : 'task_not_found']);
        }
        const kept = live.filter((task) => leaves(given, 0, task)).map((task) => ids[task] as number);
        const bulk = (task_ids: number[]) => as(who).post('/api/tasks/bulk-update', { task_ids, status: 'pending' });
        const [hidden] = live.filter((task) => !leaves(given, 0, task));
        if (hidden !== undefined)
          expect((await bulk([...kept, ids[hidden] as number])).body.code).toBe('some_tasks_not_found');
      }),
      { numRuns: 8 },
    );
  }, 240_000);
});
