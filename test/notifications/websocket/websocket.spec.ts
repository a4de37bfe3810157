import { NotificationsQueries } from '../../../src/notifications/notifications.queries.js';
import { NotificationDelivery } from '../../../src/notifications/websocket/notification-delivery.service.js';
import { NotificationGateway } from '../../../src/notifications/websocket/notification.gateway.js';
import { anActor, as, signedIn, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { connected } from '../../support/database.js';
import { aTask } from '../../support/factories.js';
import { listening, LiveClient } from '../../support/live.js';
import { notifiedBy, SOCKETS } from '../../support/notified.js';
import { waitFor } from '../../support/wait-for.js';
import { withoutSweeps } from '../../support/without-sweeps.js';

let app: TestApp;
let url: string;
let manager: TestActor;
const { aDeveloper, give, undelivered } = notifiedBy(() => ({ app, manager }));

beforeAll(async () => {
  app = await TestApp.start(SOCKETS);
  url = await listening(app);
  manager = await anActor(app, 'manager', { username: 'meera' });
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

/** Inserts rows directly, without NOTIFY, as if the replica that wrote them had died before it. */
const notified = (who: TestActor, count: number, age = '1 minute') =>
  app.rows<{ id: number }>(sql`INSERT INTO notifications (user_id, message, notification_type, created_at)
    SELECT ${who.id}::int, 'Message ' || n, 'status_change', now() - ${age}::interval FROM generate_series(1, ${count}::int) n
    RETURNING id`);

describe('live notifications', () => {
  it('arrive while the socket is open, and count as delivered once written', async () => {
    const dev = await aDeveloper();
    const client = LiveClient.of(dev, url);
    await client.opened;
    const task = await give(dev, 'Blood samples');
    await client.notified(1);
    expect(client.sent).toEqual([
      {
        type: 'notification',
        notification: {
          ...{ id: expect.any(Number) as number, message: 'meera gave you the task "Blood samples"' },
          ...{ notification_type: 'task_assigned', task_id: task, read: false },
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        },
      },
    ]);
    await waitFor(async () => (await undelivered(dev)) === 0);
    expect(await undelivered(dev)).toBe(0);
    client.socket.close();
  });

  it('are not sent before the commit, nor where it never comes', async () => {
    const dev = await aDeveloper();
    const client = LiveClient.of(dev, url);
    await client.opened;
    const parent = await aTask(app, dev.id);
    await aTask(app, dev.id, { parent: parent.id, status: 'in_progress' });
    expect((await as(manager).patch(`/api/tasks/${parent.id}`, { status: 'completed' })).status).toBe(409);
    await give(dev);
    expect(await client.notified(1)).toHaveLength(1);
    expect(client.sent).toHaveLength(1);
    client.socket.close();
  });

  it('that are undelivered come on connect, oldest first, to any number, and only once', async () => {
    const dev = await aDeveloper();
    const ids = (await notified(dev, 1234)).map(({ id }) => id);
    const client = LiveClient.of(dev, url);
    expect(await client.notified(1234, 15_000)).toEqual(ids);
    // Those that were sent are announced for other connections; a later one arrives after these announcements.
    await give(dev);
    await client.notified(1235);
    await waitFor(async () => (await undelivered(dev)) === 0);
    const again = LiveClient.of(dev, url);
    await again.opened;
    await give(dev);
    expect(await again.notified(1)).toHaveLength(1);
    client.socket.close();
    again.socket.close();
  });

  it('of one change all come, although more wait at once than a slow reader may leave', async () => {
    const dev = await aDeveloper();
    const client = LiveClient.of(dev, url);
    await client.opened;
    const rows = (await notified(dev, 2500, '1 second')).map(({ id }) => ({ id, userId: dev.id }));
    app.nest.get(NotificationDelivery).announce(rows);
    expect(await client.notified(2500, 15_000)).toEqual(rows.map(({ id }) => id));
    client.socket.close();
  });

  it('that cannot be read hold back no others', async () => {
    const dev = await aDeveloper();
    const client = LiveClient.of(dev, url);
    await client.opened;
    const rows = (await notified(dev, 300, '1 second')).map(({ id }) => ({ id, userId: dev.id }));
    const queries = app.nest.get(NotificationsQueries) as Partial<NotificationsQueries>;
    const frames = queries.frames?.bind(queries) as NotificationsQueries['frames'];
    const failed = new Promise<void>((resolve) => {
      queries.frames = (ids) =>
        ids.includes(rows[0]?.id ?? 0) ? (resolve(), Promise.reject(new Error('unreadable'))) : frames(ids);
    });
    app.nest.get(NotificationDelivery).announce(rows);
    await failed;
    // Portions are put together differently each time, so that the one with the unreadable notification is known after some sweeps.
    await withoutSweeps([app], () =>
      waitFor(async () => {
        await app.nest.get(NotificationDelivery).redeliverOverdue(60_000);
        return client.sent.length >= 200;
      }),
    );
    delete queries.frames;
    await app.nest.get(NotificationDelivery).redeliverOverdue(60_000);
    expect(new Set(await client.notified(300))).toEqual(new Set(rows.map(({ id }) => id)));
    client.socket.close();
  });

  it('reach every tab and device of a user, and no one else', async () => {
    const [dev, other] = [await aDeveloper(), await aDeveloper()];
    const clients = [LiveClient.of(dev, url), LiveClient.of(dev, url), LiveClient.of(await signedIn(app, dev), url)];
    const stranger = LiveClient.of(other, url);
    await Promise.all([...clients, stranger].map(({ opened }) => opened));
    await give(dev);
    await give(dev);
    const got = await Promise.all(clients.map((client) => client.notified(2)));
    expect(got[0]).toHaveLength(2);
    expect([got[1], got[2]]).toEqual([got[0], got[0]]);
    expect(stranger.sent).toEqual([]);
    [...clients, stranger].forEach(({ socket }) => socket.close());
  });

  it('reach a tab whose authentication takes long, where another tab is open', async () => {
    const dev = await aDeveloper();
    const first = LiveClient.of(dev, url);
    const another = await signedIn(app, dev);
    await first.opened;
    // The session of the manager is cached from now on.
    await give(dev);
    await first.notified(1);
    await waitFor(async () => (await undelivered(dev)) === 0);
    const slow = await connected(app.database.ownerUrl, async (holder) => {
      await holder.query('BEGIN; LOCK TABLE user_sessions IN ACCESS EXCLUSIVE MODE');
      const client = LiveClient.of(another, url);
      const given = client.opened
        .then(() => give(dev))
        .then(() => first.notified(2))
        .then(() => waitFor(async () => (await undelivered(dev)) === 0));
      await Promise.race([given, new Promise((resolve) => setTimeout(resolve, 1000))]);
      expect(client.socket.readyState).toBe(client.socket.CONNECTING);
      await holder.query('COMMIT');
      return client;
    });
    expect(await slow.notified(1)).toEqual((await first.notified(2)).slice(1));
    [first, slow].forEach(({ socket }) => socket.close());
  });

  it('come by the sweep where the word was lost', async () => {
    const dev = await aDeveloper();
    const client = LiveClient.of(dev, url);
    await client.opened;
    client.say({ action: 'mark_all_read' });
    await waitFor(() => client.sent.length === 1);
    // Those of the last seconds are most likely on their way.
    await notified(dev, 2, '1 second');
    const ids = (await notified(dev, 3)).map(({ id }) => id);
    await app.nest.get(NotificationGateway).sweep();
    expect(await client.notified(3)).toEqual(ids);
    client.socket.close();
  });

  it('go on after the connection that listens was cut', async () => {
    const dev = await aDeveloper();
    const client = LiveClient.of(dev, url);
    await client.opened;
    // Answered once the socket has caught up.
    client.say({ action: 'mark_all_read' });
    await client.answered();
    await withoutSweeps([app], async () => {
      await notified(dev, 1);
      await app.rows(sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE '%notices'`);
      expect(await client.notified(1, 20_000)).toHaveLength(1);
      await give(dev);
      expect(await client.notified(2, 20_000)).toHaveLength(2);
    });
    client.socket.close();
  });
});

describe('what a client may say', () => {
  it('mark_read and mark_all_read are confirmed', async () => {
    const [dev, other] = [await aDeveloper(), await aDeveloper()];
    const ids = (await notified(dev, 3)).map(({ id }) => id);
    const [foreign] = await notified(other, 1);
    const client = LiveClient.of(dev, url);
    await client.notified(3);
    client.sent.length = 0;
    client.say({ action: 'mark_read', notification_id: foreign?.id });
    client.say({ action: 'mark_read', notification_id: 2147483647 });
    client.say({ action: 'mark_read', notification_id: ids[1] });
    client.say({ action: 'mark_all_read' });
    await waitFor(() => client.sent.length >= 2);
    expect(client.sent).toEqual([
      { type: 'read_confirmation', notification_id: ids[1] },
      { type: 'all_read_confirmation' },
    ]);
    expect((await as(dev).get('/api/notifications/unread_count')).body).toEqual({ count: 0 });
    expect((await as(other).get('/api/notifications/unread_count')).body).toEqual({ count: 1 });
    client.socket.close();
  });

  it('broken frames are ignored', async () => {
    const dev = await aDeveloper();
    const [row] = await notified(dev, 1);
    const client = LiveClient.of(dev, url);
    await client.notified(1);
    const broken = ['', 'null', '[]', '"x"', '{', '{}', '{"action":1}', '{"action":"drop"}', '\u0000', '[[[['];
    const ids = ['1', 0, -1, 1.5, 2 ** 40, null, {}, '1e3', true];
    broken.forEach((text) => client.say(text));
    ids.forEach((notification_id) => client.say({ action: 'mark_read', notification_id }));
    client.socket.send(Buffer.from('{"action":"mark_all_read"}'), { binary: true });
    client.say({ action: 'mark_read', notification_id: row?.id });
    await waitFor(() => client.sent.length >= 2);
    expect(client.sent.slice(1)).toEqual([{ type: 'read_confirmation', notification_id: row?.id }]);
    client.socket.close();
  });

  it('a frame over 64 KiB closes the socket, one of 64 KiB does not', async () => {
    const client = LiveClient.of(await aDeveloper(), url);
    await client.opened;
    client.say('x'.repeat(65_536));
    client.say({ action: 'mark_all_read' });
    await waitFor(() => client.sent.length > 0);
    expect(client.sent).toEqual([{ type: 'all_read_confirmation' }]);
    client.say('x'.repeat(65_537));
    expect((await client.closed).code).toBe(1009);
  });

  it('a text frame that is not UTF-8 closes the socket', async () => {
    const client = LiveClient.of(await aDeveloper(), url);
    await client.opened;
    client.socket.send(Buffer.from([0xff]), { binary: false });
    expect((await client.closed).code).toBe(1007);
  });

  it('all of a long list at once is done', async () => {
    const dev = await aDeveloper();
    const ids = (await notified(dev, 300)).map(({ id }) => id);
    const client = LiveClient.of(dev, url);
    await client.notified(300);
    for (const notification_id of ids) client.say({ action: 'mark_read', notification_id });
    await waitFor(() => client.sent.length === 600);
    expect(client.sent.slice(300)).toEqual(
      ids.map((notification_id) => ({ type: 'read_confirmation', notification_id })),
    );
    client.socket.close();
  });

  it('all read is done also where the client goes at once', async () => {
    const dev = await aDeveloper();
    await notified(dev, 3);
    const client = LiveClient.of(dev, url);
    await client.notified(3);
    client.say({ action: 'mark_all_read' });
    client.socket.close();
    await waitFor(async () => (await as(dev).get('/api/notifications/unread_count')).text === '{"count":0}');
  });

  it('more than the share of a minute closes the socket', async () => {
    const client = LiveClient.of(await aDeveloper(), url);
    await client.opened;
    for (let n = 0; n < 601; n++) client.say({ action: 'mark_all_read' });
    expect((await client.closed).code).toBe(1008);
  });
});

describe('a client that answers every ping', () => {
  it('stays connected although the process stood still until the next ping was due', async () => {
    const client = LiveClient.of(await aDeveloper(), url);
    await client.opened;
    let pings = 0;
    client.socket.on('ping', () => {
      // The answer has been sent by now; the server, in this process, cannot read it yet.
      if (++pings === 1) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1500);
    });
    await waitFor(() => pings === 3);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    client.socket.close();
  });
});
