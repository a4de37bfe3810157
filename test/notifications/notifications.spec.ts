import { Client } from 'pg';
import { JobQueue } from '../../src/infrastructure/jobs/job-queue.service.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';

let app: TestApp;
let manager: TestActor;
let asha: TestActor;
let ben: TestActor;

beforeAll(async () => {
  app = await TestApp.start();
  manager = await anActor(app, 'manager', { username: 'meera' });
  asha = await anActor(app, 'developer', { username: 'asha' });
  ben = await anActor(app, 'developer', { username: 'ben' });
});
beforeEach(async () => {
  app.clock.set('2026-11-02T10:00:00Z');
  await app.rows(sql`DELETE FROM notifications`);
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

interface StoredNotification {
  who: number;
  task: number;
  type: string;
  message: string;
}
const notified = () =>
  app.rows<StoredNotification>(sql`SELECT user_id AS who, task_id AS task, notification_type AS type, message FROM notifications
    ORDER BY id`);
const kinds = async () => (await notified()).map(({ who, task, type }) => [who, task, type]);

async function newTask(assignee: TestActor, more: object = {}): Promise<number> {
  const body = { title: 'Visit 4', estimated_hours: 8, deadline: '2100-01-01T00:00:00Z', assigned_to: assignee.id };
  const answer = await as(manager).post('/api/tasks', { ...body, ...more });
  expect(answer.status).toBe(201);
  return (answer.body as { id: number }).id;
}

describe('recipients', () => {
  it('notifies the assignee of a new task', async () => {
    const id = await newTask(asha);
    expect(await notified()).toEqual([
      { who: asha.id, task: id, type: 'task_assigned', message: 'meera gave you the task "Visit 4"' },
    ]);
  });

  it('notifies the old and the new assignee, and the new one of nothing else in the same change', async () => {
    const { id } = await aTask(app, asha.id, { title: 'Odd {title} $& title' });
    await as(manager).patch(`/api/tasks/${id}`, { assigned_to: ben.id, status: 'in_progress' });
    expect(await notified()).toEqual([
      { who: ben.id, task: id, type: 'task_assigned', message: 'meera gave you the task "Odd {title} $& title"' },
      {
        who: asha.id,
        task: id,
        type: 'task_unassigned',
        message: 'meera took the task "Odd {title} $& title" off you',
      },
    ]);
  });

  it('notifies the assignee of a status, once; and of nothing where nothing changed', async () => {
    const { id } = await aTask(app, asha.id, { title: 'Forms' });
    await as(asha).patch(`/api/tasks/${id}`, { status: 'in_progress' });
    await as(asha).patch(`/api/tasks/${id}`, { status: 'in_progress', title: 'Forms, all' });
    expect(await notified()).toEqual([
      { who: asha.id, task: id, type: 'status_change', message: 'asha moved "Forms" from pending to in progress' },
    ]);
  });

  it('notifies about cascades: the assignees of children and of the parents that become blocked', async () => {
    const parent = await aTask(app, asha.id);
    const child = await aTask(app, ben.id, { parent: parent.id });
    await as(manager).patch(`/api/tasks/${child.id}`, { status: 'blocked' });
    expect((await kinds()).sort()).toEqual(
      [
        [ben.id, child.id, 'status_change'],
        [asha.id, parent.id, 'status_change'],
      ].sort(),
    );
  });

  it('writes the notifications of a bulk change of 1,000 in one statement', async () => {
    const made = await app.rows<{ id: number }>(sql`INSERT INTO tasks
        (title, assigned_to_id, created_by_id, estimated_hours, deadline)
      SELECT 'many', CASE n % 2 WHEN 0 THEN ${asha.id}::int ELSE ${ben.id}::int END, ${manager.id}::int, 1, now()
      FROM generate_series(1, 1000) n RETURNING id`);
    const query = jest.spyOn(Client.prototype, 'query');
    const task_ids = made.map(({ id }) => id);
    const answer = await as(manager).post('/api/tasks/bulk-update', { task_ids, status: 'in_progress' });
    const texts = query.mock.calls.map(([statement]) => String((statement as { text?: string }).text ?? statement));
    query.mockRestore();
    expect(answer.body).toMatchObject({ updated_count: 1000 });
    expect(texts.filter((text) => text.startsWith('INSERT INTO notifications'))).toHaveLength(1);
    const rows = await app.rows<{ who: number; n: string }>(
      sql`SELECT user_id AS who, count(*) AS n FROM notifications GROUP BY 1 ORDER BY 1`,
    );
    expect(rows).toEqual([
      { who: asha.id, n: '500' },
      { who: ben.id, n: '500' },
    ]);
  });

  it('notifies no one about a refused change', async () => {
    const parent = await aTask(app, asha.id);
    await aTask(app, ben.id, { parent: parent.id, status: 'in_progress' });
    expect((await as(manager).patch(`/api/tasks/${parent.id}`, { status: 'completed' })).status).toBe(409);
    expect(await notified()).toEqual([]);
  });
});

describe('one’s own notifications', () => {
  it('are listed newest first, all or unread, whole or in pages', async () => {
    const ids = [await newTask(asha), await newTask(asha), await newTask(asha)];
    await newTask(ben);
    const list = (await as(asha).get('/api/notifications/')).body as { id: number; task: number }[];
    expect(list.map(({ task }) => task)).toEqual(ids.reverse());
    expect(list[0]).toEqual({
      ...{ id: list[0]?.id, user_id: asha.id, task: ids[0], task_id: ids[0], task_title: 'Visit 4' },
      ...{ task_status: 'pending', message: 'meera gave you the task "Visit 4"', notification_type: 'task_assigned' },
      ...{
        read: false,
        is_delivered: false,
        created_at: expect.stringMatching(/^2026-11-02T10:00:0\d\.\d{3}Z$/) as string,
      },
    });
    await as(asha).post(`/api/notifications/${list[1]?.id}/mark_read/`);
    const unread = await as(asha).get('/api/notifications?unread=true&limit=1&include_total=true');
    expect(unread.body).toEqual([list[0]]);
    expect(unread.headers['x-total-count']).toBe('2');
    const next = /<([^>]+)>; rel="next"/.exec(unread.headers.link as string)?.[1] as string;
    expect((await as(asha).get(next)).body).toEqual([list[2]]);
    expect((await as(asha).get(`/api/notifications/${list[1]?.id}`)).body).toMatchObject({ read: true });
    const read = (await as(asha).get('/api/notifications?unread=false')).body as { id: number }[];
    expect(read.map(({ id }) => id)).toEqual([list[1]?.id]);
    expect((await as(asha).get('/api/notifications?unread=maybe')).status).toBe(422);
    expect((await as(asha).get('/api/notifications?urgent=true')).status).toBe(422);
    expect((await as(manager).get('/api/notifications')).body).toEqual([]);
  });

  it('are counted and marked as read, one and all, as often as one likes', async () => {
    for (let n = 0; n < 3; n++) await newTask(asha);
    await newTask(ben);
    const [first] = (await as(asha).get('/api/notifications')).body as { id: number }[];
    expect((await as(asha).get('/api/notifications/unread_count')).body).toEqual({ count: 3 });
    for (let n = 0; n < 2; n++) {
      const answer = await as(asha).post(`/api/notifications/${first?.id}/mark_read`);
      expect([answer.status, answer.body]).toEqual([200, { status: 'notification marked as read' }]);
    }
    expect((await as(asha).get('/api/notifications/unread_count/')).body).toEqual({ count: 2 });
    const all = await as(asha).post('/api/notifications/mark_all_read');
    expect([all.status, all.body]).toEqual([200, { status: '2 notifications marked as read' }]);
    expect((await as(asha).post('/api/notifications/mark_all_read/')).body).toEqual({
      status: '0 notifications marked as read',
    });
    expect((await as(ben).get('/api/notifications/unread_count')).body).toEqual({ count: 1 });
  });

  it('are their owner’s alone', async () => {
    await newTask(asha);
    const [row] = (await as(asha).get('/api/notifications')).body as { id: number }[];
    const auditor = await anActor(app, 'auditor');
    for (const other of [ben, manager, auditor]) {
      expect((await as(other).get(`/api/notifications/${row?.id}`)).body.code).toBe('notification_not_found');
      expect((await as(other).post(`/api/notifications/${row?.id}/mark_read`)).status).toBe(404);
    }
    expect((await as(app).get('/api/notifications')).status).toBe(401);
    expect((await as(asha).get('/api/notifications/x')).status).toBe(422);
  });

  it('disclose nothing new of a task that its reader may not see any more', async () => {
    const [lost, deleted, kept] = [await newTask(asha), await newTask(asha), await newTask(asha)];
    for (const id of [lost, deleted, kept])
      await as(manager).patch(`/api/tasks/${id}`, { title: 'Seen', status: 'in_progress' });
    const change = { title: 'Secret', status: 'blocked', assigned_to: ben.id };
    await as(manager).patch(`/api/tasks/${lost}`, change);
    await as(manager).delete(`/api/tasks/${deleted}`);
    const shown = ({ id, task, task_title, task_status }: Record<string, unknown>) => ({
      ...{ id, task, task_title, task_status },
    });
    const list = (await as(asha).get('/api/notifications')).body as Record<string, unknown>[];
    expect(list.map((row) => [row.task_id, row.task_title, row.task_status])).toEqual([
      [lost, null, null],
      [kept, 'Seen', 'in_progress'],
      [deleted, null, null],
      [lost, null, null],
      [kept, 'Seen', 'in_progress'],
      [deleted, null, null],
      [lost, null, null],
    ]);
    for (const row of list)
      expect(shown((await as(asha).get(`/api/notifications/${row.id as number}`)).body)).toEqual(shown(row));
    const page = (await as(asha).get('/api/notifications?limit=1')).body;
    expect(page).toEqual([list[0]]);
    expect(list.map(({ message }) => message).join()).not.toContain('Secret');
    const [notification] = (await as(ben).get('/api/notifications')).body as object[];
    expect(notification).toMatchObject({ task_id: lost, task_title: 'Secret', task_status: 'blocked' });
    // A manager sees the present state of their own task as long as it exists.
    const own = await newTask(manager, { title: 'Mine' });
    await as(manager).patch(`/api/tasks/${own}`, { assigned_to: ben.id });
    expect((await as(manager).get('/api/notifications')).body).toMatchObject([
      { task_title: 'Mine', notification_type: 'task_unassigned' },
      { task_title: 'Mine', notification_type: 'task_assigned' },
    ]);
  });

  it('are kept while a task is deleted, and go 30 days after they were read', async () => {
    const ids = [await newTask(asha), await newTask(asha), await newTask(asha)];
    await as(manager).delete(`/api/tasks/${ids[0]}`);
    const list = (await as(asha).get('/api/notifications')).body as { id: number }[];
    expect(list).toHaveLength(3);
    await as(asha).post(`/api/notifications/${list[0]?.id}/mark_read`);
    app.clock.advance(86_400);
    await as(asha).post(`/api/notifications/${list[1]?.id}/mark_read`);
    const cleanUp = () => app.nest.get(JobQueue).runNow('clean-up-notifications');
    app.clock.advance(29 * 86_400 - 60);
    expect(await cleanUp()).toBe(0);
    app.clock.advance(120);
    expect(await cleanUp()).toBe(1);
    const left = (await as(asha).get('/api/notifications')).body as { id: number }[];
    expect(left.map(({ id }) => id)).toEqual([list[1]?.id, list[2]?.id]);
    app.clock.advance(365 * 86_400);
    expect(await cleanUp()).toBe(1);
  });
});
