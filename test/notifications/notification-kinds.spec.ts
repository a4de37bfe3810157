import { join } from 'node:path';
import { systemPrincipal } from '../../src/core/authorization/actor.js';
import { UnitOfWork } from '../../src/core/persistence/unit-of-work.js';
import {
  notificationKind,
  NotificationKinds,
  type NotificationKind,
} from '../../src/notifications/notification-kinds.sql.js';
import { RecordNotificationsRepository } from '../../src/notifications/record-notifications.repository.js';
import { NotificationDelivery } from '../../src/notifications/websocket/notification-delivery.service.js';
import { partBeyond, withParts } from '../../src/server/openapi/document-parts.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { sql, TestApp } from '../support/app.js';
import { aTask } from '../support/factories.js';
import { listening, type Sent } from '../support/live.js';
import { product } from '../support/openapi.js';
import { waitFor } from '../support/wait-for.js';
import { WebSocket } from 'ws';
import { sampleSpoiled } from './samples/samples.module.js';

interface Shown {
  readonly id: number;
  readonly notification_type: string;
  readonly message: string;
  readonly task: number | null;
  readonly read: boolean;
}

const SPOILED = { recordId: 7, fact: '2026-11-16', label: 'A-7' };
let app: TestApp;
let replica: TestApp;
let reader: TestActor;
let stranger: TestActor;

beforeAll(async () => {
  app = await TestApp.start({}, undefined, [join(__dirname, 'samples')]);
  replica = await TestApp.start({}, app, [join(__dirname, 'samples')]);
  for (const each of [app, replica]) each.clock.set('2026-11-16T10:00:00Z');
  await app.rows(sql`CREATE TABLE sample_readers (sample_id int, user_id int, until timestamptz)`);
  await app.rows(sql`GRANT SELECT ON sample_readers TO PUBLIC`);
});
afterAll(async () => {
  await replica.stop();
  await app.stop();
});
beforeEach(async () => {
  [reader, stranger] = [await anActor(app, 'developer'), await anActor(app, 'developer')];
  await app.rows(sql`INSERT INTO sample_readers VALUES (7, ${reader.id}, '2026-11-20')`);
});
afterEach(() => app.clock.set('2026-11-16T10:00:00Z'));

/** Adds notifications on a replica, within a change that may fail. */
function add(rows: readonly (typeof SPOILED & { userId: number })[], fails = false, on = app): Promise<number> {
  const notifications = on.nest.get(RecordNotificationsRepository, { strict: false });
  return on.nest.get(UnitOfWork, { strict: false }).run(systemPrincipal('samples'), async (tx) => {
    const added = await notifications.add(tx, sampleSpoiled, rows);
    if (fails) throw new Error('rolled back');
    return added;
  });
}

/** As `as`, which compares answers with the checked-in document: that has no kinds of an extension of a spec. */
async function call(who: TestActor, method: 'GET' | 'POST', path: string): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${who.token}` };
  const { statusCode, body } = await who.app.nest.inject({ method, url: `/api/notifications${path}`, headers });
  return { status: statusCode, body: JSON.parse(body) };
}

const listed = async (who: TestActor) => (await call(who, 'GET', '')).body as Shown[];
const unread = async (who: TestActor) => (await call(who, 'GET', '/unread_count')).body as object;
const forReader = (given: object = {}) => ({ ...SPOILED, userId: reader.id, ...given });

/** Opens a socket. @returns the frames that it was sent */
async function socketOf(who: TestActor, url: string): Promise<{ sent: Sent[]; close: () => void }> {
  const sent: Sent[] = [];
  const socket = new WebSocket(`${url}?token=${who.token}`);
  socket.on('message', (data) => sent.push(JSON.parse(String(data as Buffer)) as Sent));
  await new Promise((resolve) => socket.once('open', resolve));
  return { sent, close: () => socket.close() };
}

describe('A notification of an extension', () => {
  it('has its type and text in lists, about no task, and counts as unread until it is read', async () => {
    expect(await add([forReader()])).toBe(1);
    const [shown, ...others] = await listed(reader);
    expect(others).toEqual([]);
    expect(shown).toMatchObject({
      user_id: reader.id,
      task: null,
      task_id: null,
      task_title: null,
      task_status: null,
      message: 'The sample "A-7" is spoiled',
      notification_type: 'sample_spoiled',
      read: false,
    });
    expect(await unread(reader)).toEqual({ count: 1 });
    expect((await call(reader, 'POST', `/${shown?.id}/mark_read`)).status).toBe(200);
    expect([await unread(reader), (await listed(reader))[0]?.read]).toEqual([{ count: 0 }, true]);
  });

  it('is added once for each fact and user, also after it was deleted, and again where the fact changed', async () => {
    expect(await add([forReader(), forReader()])).toBe(1);
    await app.rows(sql`DELETE FROM notifications WHERE user_id = ${reader.id}`);
    expect(await add([forReader()])).toBe(0);
    expect(await add([forReader(), forReader({ fact: '2026-11-17' })])).toBe(1);
    expect(await listed(reader)).toHaveLength(1);
  });

  it('is added once by two replicas at the same time', async () => {
    const facts = Array.from({ length: 50 }, (_, n) => forReader({ fact: `fact ${n}` }));
    const added = await Promise.all([add(facts), add(facts.toReversed(), false, replica), add(facts)]);
    expect(added.reduce((sum, each) => sum + each)).toBe(50);
    expect(await listed(reader)).toHaveLength(50);
  });

  it('is not added where its change fails, and can be added then', async () => {
    await expect(add([forReader()], true)).rejects.toThrow('rolled back');
    expect(await listed(reader)).toEqual([]);
    expect(await add([forReader()])).toBe(1);
  });

  it('is not for users who do not see the record or are not active, who get it once they do', async () => {
    await app.rows(sql`UPDATE users SET is_active = false WHERE id = ${reader.id}`);
    expect(await add([forReader(), forReader({ userId: stranger.id })])).toBe(0);
    await app.rows(sql`UPDATE users SET is_active = true WHERE id = ${reader.id}`);
    expect(await add([forReader(), forReader({ userId: stranger.id })])).toBe(1);
  });

  it('leaves every reading with the record, and comes back with it', async () => {
    await add([forReader()]);
    const [{ id } = { id: 0 }] = await listed(reader);
    app.clock.set('2026-11-21T00:00:00Z');
    expect([await listed(reader), await unread(reader)]).toEqual([[], { count: 0 }]);
    expect((await call(reader, 'POST', `/${id}/mark_read`)).status).toBe(404);
    expect((await call(reader, 'GET', `/${id}`)).status).toBe(404);
    expect((await call(reader, 'POST', '/mark_all_read')).body).toEqual({ status: '0 notifications marked as read' });
    app.clock.set('2026-11-19T00:00:00Z');
    expect(await unread(reader)).toEqual({ count: 1 });
  });

  it('stands beside those of tasks, which do not change', async () => {
    const manager = await anActor(app, 'manager');
    const { id } = await aTask(app, reader.id);
    await as(manager).patch(`/api/tasks/${id}`, { status: 'in_progress' });
    await add([forReader()]);
    const types = (await listed(reader)).map(({ notification_type, task }) => [notification_type, task]);
    expect(types).toEqual([
      ['sample_spoiled', null],
      ['status_change', id],
    ]);
  });
});

describe('Sockets', () => {
  let url: string;

  beforeAll(async () => {
    url = await listening(app);
  });

  it('get notifications of an extension live, from another replica too, and not those of records that are hidden', async () => {
    const live = await socketOf(reader, url);
    await add([forReader()], false, replica);
    await waitFor(() => live.sent.length > 0);
    expect(live.sent).toMatchObject([
      { type: 'notification', notification: { notification_type: 'sample_spoiled', task_id: null, read: false } },
    ]);
    await add([forReader({ fact: 'next' })]);
    await waitFor(() => live.sent.length > 1);
    live.close();
    expect(live.sent).toHaveLength(2);
  });

  it('get none on connecting or by a sweep while the record is hidden, and then those that waited', async () => {
    await add([forReader()]);
    await app.rows(sql`UPDATE sample_readers SET until = '2026-11-01' WHERE user_id = ${reader.id}`);
    const live = await socketOf(reader, url);
    const manager = await anActor(app, 'manager');
    const body = { title: 'Visit', estimated_hours: 1, deadline: '2100-01-01T00:00:00Z', assigned_to: reader.id };
    await as(manager).post('/api/tasks', body);
    await app.nest.get(NotificationDelivery, { strict: false }).redeliverOverdue(-60_000);
    await waitFor(() => live.sent.length > 0);
    const types = () => live.sent.map(({ notification }) => notification?.notification_type);
    expect(types()).toEqual(['task_assigned']);
    await app.rows(sql`UPDATE sample_readers SET until = '2026-12-01' WHERE user_id = ${reader.id}`);
    await app.nest.get(NotificationDelivery, { strict: false }).redeliverOverdue(-60_000);
    await waitFor(() => types().includes('sample_spoiled'));
    live.close();
  });
});

describe('A kind of notifications that no extension declares any more', () => {
  it('is hidden, so that it breaks no list, and stays for the return of its extension', async () => {
    const without = await TestApp.start({}, app, []);
    without.clock.set('2026-11-16T10:00:00Z');
    await add([forReader()]);
    const there = { ...reader, app: without };
    expect([await listed(there), await unread(there)]).toEqual([[], { count: 0 }]);
    expect((await call(there, 'POST', '/mark_all_read')).body).toEqual({
      status: '0 notifications marked as read',
    });
    await without.stop();
    expect(await app.rows(sql`SELECT read FROM notifications WHERE user_id = ${reader.id}`)).toEqual([{ read: false }]);
  });
});

describe('Kinds of notifications', () => {
  const visible = () => sql`TRUE`;
  const kind = (type: string) => notificationKind<object>({ type, message: () => '', visible });

  it('have a plain type that is not of the product and of no other extension', () => {
    expect(() => kind('task_assigned')).toThrow('belongs to the product');
    for (const type of ["x'", 'Missed', '', 'x'.repeat(33)]) expect(() => kind(type)).toThrow('is no type');
    expect(() => new NotificationKinds([kind('a'), kind('b'), kind('a')])).toThrow('of the type "a"');
    expect(() => new NotificationKinds([]).assertDeclared(kind('a') as NotificationKind)).toThrow('notificationKinds');
  });

  it('are types in both API documents, whose parts of several extensions add up', async () => {
    const { body } = await as(app).get('/openapi.json');
    const typesIn = (document: object) =>
      (document as typeof product).components.schemas.NotificationView.properties.notification_type.enum;
    expect(typesIn(body as object)).toEqual([...typesIn(product), 'sample_spoiled']);
    const live = JSON.stringify((await as(app).get('/asyncapi.json')).body);
    expect(live).toContain('"priority_escalated","sample_spoiled"]');
    const widened = structuredClone(product);
    typesIn(widened).push('visit_missed');
    const parts = [body as typeof product, widened].map((each) => partBeyond(product as never, each as never));
    expect(typesIn(withParts(product, parts))).toEqual([...typesIn(product), 'sample_spoiled', 'visit_missed']);
  });
});
