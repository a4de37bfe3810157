import sql from 'sql-template-tag';
import { assigneesOf } from '../../src/analytics/rollups/task-totals.sql.js';
import { ENTRY_POLICY_COLUMNS, readableEntries } from '../../src/audit/audit.policy.js';
import { TokenAuthenticator } from '../../src/auth/access-tokens/token-authenticator.service.js';
import { narrowing } from '../../src/core/authorization/narrowing.js';
import { policyDocument } from '../../src/core/authorization/policy-table.document.js';
import { PolicyTable } from '../../src/core/authorization/policy-table.service.js';
import { Narrowings } from '../../src/core/authorization/narrowings.service.js';
import { inScope, matches } from '../../src/core/authorization/policy.js';
import { asNewRecord } from '../../src/core/authorization/restriction.sql.js';
import { NOTIFICATION_COLUMNS } from '../../src/notifications/notification.policy.js';
import { NotificationDelivery } from '../../src/notifications/websocket/notification-delivery.service.js';
import * as taskPolicies from '../../src/tasks/task.policy.js';
import { JUDGED_TASK_COLUMNS, TASK_COLUMNS, visibleTasks } from '../../src/tasks/task.policy.js';
import { USER_COLUMNS, visibleUsers } from '../../src/users/user.policy.js';
import { TasksQueries } from '../../src/tasks/tasks.queries.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { type TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { entriesIn, takeEvidence, unpack } from '../support/evidence.js';
import { LiveClient, listening } from '../support/live.js';
import { waitFor } from '../support/wait-for.js';
import { narrowedApp } from './narrowed-app.js';

describe('a narrowing of an extension', () => {
  let app: TestApp;
  let manager: TestActor;
  let boss: TestActor;
  let developer: TestActor;
  let free: number;
  let own: number;
  let foreign: number;

  const linkTask = (task: number, unit: number) =>
    app.rows(sql`INSERT INTO departments_tasks (task_id, unit_id) VALUES (${task}, ${unit})`);
  const replaceRules = (conditions: object[], user = manager) =>
    as(boss).put('/api/departments/rules', { user_id: user.id, conditions });
  const newTask = (more: object) => ({
    title: 'New',
    assigned_to: developer.id,
    deadline: '2100-01-01T00:00:00Z',
    estimated_hours: '1.00',
    ...more,
  });
  const listed = async (who: TestActor, query = '') =>
    ((await as(who).get(`/api/tasks${query}`)).body as { id: number }[]).map(({ id }) => id);

  beforeAll(async () => {
    app = await narrowedApp();
    manager = await anActor(app, 'manager');
    boss = await anActor(app, 'manager');
    developer = await anActor(app, 'developer');
    free = (await aTask(app, developer.id, { title: 'Free' })).id;
    own = (await aTask(app, developer.id, { title: 'Own' })).id;
    foreign = (await aTask(app, developer.id, { title: 'Foreign' })).id;
    await linkTask(own, 7);
    await linkTask(foreign, 8);
  });
  afterAll(() => app.stop());
  beforeEach(() => replaceRules([]));

  it('takes effect on the next request, and leaves others alone', async () => {
    expect(await listed(manager)).toEqual([free, own, foreign]);
    expect((await replaceRules([{ unit: null }, { unit: 7 }])).status).toBe(200);
    expect(await listed(manager)).toEqual([free, own]);
    expect((await as(manager).get(`/api/tasks/${foreign}`)).body.code).toBe('task_not_found');
    expect(await listed(boss)).toEqual([free, own, foreign]);
    await replaceRules([{ unit: 8 }]);
    expect(await listed(manager)).toEqual([foreign]);
  });

  it('whose facts cannot be read, or whose scope throws, closes what it concerns, and nothing else', async () => {
    const restore = async () => {
      await app.rows(sql`ALTER TABLE IF EXISTS gone RENAME TO departments_rules`);
      app.clock.reset();
      await replaceRules([]);
    };
    const answers = async () => {
      const paths = ['tasks', `tasks/${free}`, 'analytics', 'notifications', 'audit/entries', 'tags', 'auth/users/me'];
      const statuses: number[] = [];
      for (const path of paths) statuses.push((await as(manager).get(`/api/${path}`)).status);
      const patched = await as(manager).patch(`/api/tasks/${free}`, { title: 'Freed' });
      return [...statuses, patched.status];
    };
    const closed = [503, 503, 503, 503, 503, 200, 200, 503];
    try {
      app.clock.set('2099-06-01T12:00:00Z');
      expect(await answers()).toEqual(closed);
      app.clock.reset();
      // The facts are in the cache, unless the listening connection was silent for five seconds on a busy machine.
      await waitFor(async () => {
        await app.rows(sql`ALTER TABLE IF EXISTS gone RENAME TO departments_rules`);
        await replaceRules([]);
        await listed(manager);
        await app.rows(sql`ALTER TABLE departments_rules RENAME TO gone`);
        return (await answers()).every((status) => status === 200);
      });
      await as(boss).put('/api/departments/facts-changed', { user_id: manager.id });
      expect(await answers()).toEqual(closed);
      await app.rows(sql`ALTER TABLE gone RENAME TO departments_rules`);
      // A failure is not cached.
      expect(await answers()).toEqual(Array(8).fill(200));
    } finally {
      await restore();
    }
  });

  it('names no hidden task in conflicts, and keeps hidden children from deletion', async () => {
    const parent = (await aTask(app, developer.id, { title: 'Shown parent' })).id;
    const child = (await aTask(app, developer.id, { title: 'Secret child', status: 'in_progress', parent })).id;
    await linkTask(child, 8);
    await replaceRules([{ unit: null }]);
    const completed = await as(manager).patch(`/api/tasks/${parent}`, { status: 'completed' });
    expect([completed.status, completed.body.code]).toEqual([409, 'child_unfinished']);
    expect(completed.text).not.toContain('Secret');
    const deleted = await as(manager).delete(`/api/tasks/${parent}`);
    expect([deleted.status, deleted.body.code]).toEqual([403, 'not_yours']);
    expect(deleted.body.detail).toContain('only where "departments" leaves them to you');
    expect(deleted.text).not.toContain('Secret');
    expect((await as(manager).post('/api/tasks', newTask({ parent_task: child }))).body.code).toBe('parent_not_found');
    await replaceRules([]);
    expect((await as(manager).delete(`/api/tasks/${parent}`)).status).toBe(204);
    await replaceRules([{ unit: null }]);
    expect((await as(manager).post(`/api/tasks/${child}/restore`)).status).toBe(404);
    await replaceRules([]);
  });

  it('keeps tasks of a disabled user out of the notifications of the disabling', async () => {
    const leaver = await anActor(app, 'developer');
    const [shown, hidden] = [await aTask(app, leaver.id), await aTask(app, leaver.id)];
    await linkTask(hidden.id, 8);
    await replaceRules([{ unit: null }]);
    const { body } = await as(manager).patch(`/api/auth/users/${leaver.id}`, {
      is_active: false,
      reason: 'Left the trial',
    });
    expect(body.open_tasks_total).toBe(1);
    expect(body.open_tasks).toMatchObject([{ id: shown.id }]);
  });

  it('leaves an auditor from whom it keeps tasks their own logged requests, and the entries of other tasks', async () => {
    const auditor = await anActor(app, 'auditor');
    const { body } = await as(boss).post('/api/tasks', newTask({ title: 'Hidden from an auditor' }));
    await linkTask(body.id as number, 8);
    await app.flushed();
    const users = async () =>
      new Set(((await as(auditor).get('/api/audit/requests')).body as { user_id: number }[]).map((row) => row.user_id));
    expect((await users()).has(boss.id)).toBe(true);
    const [entry] = (await as(auditor).get(`/api/audit/entities/task/${body.id}`)).body.entries as { id: number }[];
    const ask = (reason: string) =>
      as(auditor).post(`/api/audit/entries/${entry?.id}/redactions`, { fields: ['title.after'], reason });
    await replaceRules([{ unit: 7 }], auditor);
    await app.flushed();
    expect([...(await users())]).toEqual([auditor.id]);
    expect((await ask('A name')).status).toBe(404);
    expect((await as(auditor).get('/api/audit/entries?q=Hidden from an auditor')).body).toEqual([]);
    await replaceRules([], auditor);
    expect((await ask('A name of a participant')).status).toBe(201);
    const seen = async () => ((await as(manager).get('/api/audit/redactions')).body as unknown[]).length;
    expect(await seen()).toBe(1);
    await replaceRules([{ unit: null }]);
    expect(await seen()).toBe(0);
  });

  it('leaves its tasks out of evidence, and allows none of everything', async () => {
    const auditor = await anActor(app, 'auditor');
    const { body: hidden } = await as(boss).post('/api/tasks', newTask({ title: 'Hidden from evidence' }));
    const { body: shown } = await as(boss).post('/api/tasks', newTask({ title: 'Shown in evidence' }));
    await linkTask(hidden.id as number, 8);
    const both = `entity=task:${hidden.id},task:${shown.id}`;
    const tasksIn = async () =>
      entriesIn(await unpack(await takeEvidence(auditor, both))).map(({ leaf }) => leaf.entity_id);
    expect(await tasksIn()).toEqual([hidden.id, shown.id]);
    await replaceRules([{ unit: null }], auditor);
    expect(await tasksIn()).toEqual([shown.id]);
    const all = await as(auditor).get('/api/audit/evidence');
    expect([all.status, all.body.code]).toEqual([403, 'role_not_allowed']);
    expect(all.body.detail).toContain('"departments" keeps records from you');
  });

  it('is named by the table of policies', async () => {
    const { body } = await as(manager).get('/api/policy');
    const rules = body.rules as { operation: string; narrowed_by: string[] }[];
    const names = (operation: string) => rules.find((row) => row.operation === operation)?.narrowed_by;
    expect(names('GET /api/tasks')).toEqual(['departments', 'embargoes']);
    expect(names('PATCH /api/tasks/{id}')).toEqual(['departments', 'embargoes']);
    expect(names('GET /api/notifications')).toEqual(['departments', 'embargoes']);
    expect(names('GET /api/audit/entries')).toEqual(['departments', 'embargoes', 'staff']);
    expect(names('PATCH /api/auth/users/{id}')).toEqual(['staff']);
    expect([names('POST /api/tasks'), names('GET /api/tags')]).toEqual([[], []]);
    const routes = app.nest.get(PolicyTable, { strict: false }).routes();
    const [section = ''] = policyDocument([], routes).split('## Narrowed rules of the product').slice(1);
    expect(section).toMatch(/^- departments: `GET \/api\/analytics`, .*`GET \/api\/tasks\/\{id\}`/m);
    expect(policyDocument(routes)).not.toContain('Narrowed');
  });

  it('keeps notifications from sockets until the task is shown again, and changes of tasks too', async () => {
    const url = await listening(app);
    const live = LiveClient.of(developer, url);
    await live.opened;
    live.say({ action: 'subscribe', topics: ['tasks'] });
    await waitFor(() => live.sent.some(({ type }) => type === 'subscribed'));
    const task = (await aTask(app, developer.id)).id;
    await linkTask(task, 8);
    const move = (id: number, status: string) => as(boss).patch(`/api/tasks/${id}`, { status });
    const tasksIn = (type: string) =>
      live.sent.flatMap((frame) =>
        frame.type === type ? [frame.notification?.task_id ?? (frame as { task_id?: number }).task_id] : [],
      );
    await replaceRules([{ unit: null }], developer);
    await move(task, 'in_progress');
    await move(free, 'in_progress');
    await waitFor(() => tasksIn('notification').includes(free) && tasksIn('task').includes(free));
    expect([tasksIn('notification').includes(task), tasksIn('task').includes(task)]).toEqual([false, false]);
    await replaceRules([], developer);
    await app.nest.get(NotificationDelivery, { strict: false }).redeliverOverdue(0);
    await waitFor(() => tasksIn('notification').includes(task));
    await move(task, 'pending');
    await waitFor(() => tasksIn('task').includes(task));
    live.socket.close();
    await live.closed;
  });

  it('takes effect on another replica, which had the facts in its cache', async () => {
    const replica = await narrowedApp(app);
    try {
      // Passport has one strategy in a process, so replicas are asked past HTTP, and no test comes after this one.
      const shownBy = async (where: TestApp) => {
        const context = { requestId: null, ip: null, userAgent: null, reason: null };
        const { actor } = await where.nest
          .get(TokenAuthenticator, { strict: false })
          .authenticateToken(manager.token, context);
        return where.nest.get(TasksQueries, { strict: false }).count(actor, {});
      };
      const all = await shownBy(app);
      expect(all).toBeGreaterThan(1);
      expect(await shownBy(replica)).toBe(all);
      await replaceRules([{ unit: 7 }]);
      expect(await shownBy(app)).toBe(1);
      await waitFor(async () => (await shownBy(replica)) === 1);
    } finally {
      await replica.stop();
    }
  });
});

describe('the definition of a narrowing', () => {
  const definition = (changes: object) =>
    ({
      name: 'wards',
      policies: [visibleTasks],
      facts: () => sql`SELECT 1`,
      attributes: { table: 'ward_tasks', key: 'task_id', columns: { ward: 'ward_id' } },
      scope: () => [],
      ...changes,
    }) as never;

  it('is refused for a policy that cannot be narrowed, an odd name, or a name that is taken', () => {
    expect(() => narrowing(definition({ policies: [readableEntries] }))).toThrow('which cannot be narrowed');
    const attributes = { table: 'ward_tasks; DROP TABLE tasks', key: 'task_id', columns: {} };
    expect(() => narrowing(definition({ attributes }))).toThrow('no plain identifier');
    expect(() => narrowing(definition({ policies: [visibleTasks, visibleUsers] }))).toThrow('make one of each');
    const one = narrowing(definition({}));
    expect(() => new Narrowings([one, one])).toThrow('under the name "wards"');
  });

  it.each([
    ['an attribute that it has not', [{ bed: 1 }]],
    ['an undefined value, which would widen', [{ ward: undefined }]],
    ['a value that SQL and JSON compare differently', [{ ward: new Date(0) }]],
  ])('is closed where its scope names %s', async (_what, scope) => {
    const narrowings = new Narrowings([narrowing(definition({ scope: () => scope }))]);
    const facts = await narrowings.factsOf(async () => [], 1);
    const subject = { id: 1, role: 'manager' as const, atWork: true };
    const active = facts.activate({ ...subject, now: new Date(0) });
    expect(() => visibleTasks({ ...subject, narrowings: active })).toThrow('could not be found out');
  });

  it('is closed for a row that was not judged, and counts in no rollup', async () => {
    const narrowings = new Narrowings([narrowing(definition({ scope: () => [{ ward: null }, { ward: 7 }] }))]);
    const facts = await narrowings.factsOf(async () => [], 1);
    const subject = { id: 1, role: 'manager' as const, atWork: true };
    const scope = visibleTasks({ ...subject, narrowings: facts.activate({ ...subject, now: new Date(0) }) });
    expect(() => matches({ id: 1, assigneeId: 1, priority: 'low' }, scope)).toThrow('was not judged');
    expect(matches(asNewRecord({ id: 1, assigneeId: 1, priority: 'low' as const }), scope)).toBe(true);
    expect(assigneesOf(scope)).toBeUndefined();
    expect(() => inScope(scope, { assigneeId: 't.assigned_to_id' })).toThrow('No column is known for "id"');
  });

  it('can be written for every policy of tasks, also for those that will come', () => {
    const policies = Object.values(taskPolicies).filter((value) => typeof value === 'function');
    expect(policies.filter(({ narrowable }) => !narrowable)).toEqual([]);
    expect(policies.length).toBeGreaterThan(8);
  });
});

describe('columns of policies', () => {
  it('cannot be replaced, which would open every row of lists', () => {
    for (const columns of [
      TASK_COLUMNS,
      JUDGED_TASK_COLUMNS,
      NOTIFICATION_COLUMNS,
      ENTRY_POLICY_COLUMNS,
      USER_COLUMNS,
    ]) {
      const writable = columns as Record<string, string>;
      for (const field of Object.keys(writable)) expect(() => (writable[field] = '1')).toThrow(TypeError);
    }
    const open = visibleTasks as unknown as Record<string, unknown>;
    expect(() => (open.narrowable = undefined)).toThrow(TypeError);
  });
});
