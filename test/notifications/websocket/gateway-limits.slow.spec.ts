import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { NotificationsQueries } from '../../../src/notifications/notifications.queries.js';
import { NotificationGateway } from '../../../src/notifications/websocket/notification.gateway.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { listening, LiveClient } from '../../support/live.js';
import { notifiedBy, SOCKETS } from '../../support/notified.js';
import { waitFor } from '../../support/wait-for.js';

let app: TestApp;
let url: string;
let manager: TestActor;
const { aDeveloper, undelivered } = notifiedBy(() => ({ app, manager }));

beforeAll(async () => {
  app = await TestApp.start(SOCKETS);
  url = await listening(app);
  manager = await anActor(app, 'manager');
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

describe('slow and dead clients', () => {
  /** A client by hand, which can leave everything unread and pings unanswered. */
  async function deaf(who: TestActor, address = url): Promise<Socket> {
    const { port } = new URL(address.replace('ws', 'http'));
    const socket = connect(Number(port), '127.0.0.1');
    const request = ['GET', `/ws/notifications/?token=${who.token}`, 'HTTP/1.1'].join(' ');
    const headers = ['Host: x', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    socket.write(
      [request, ...headers, `Sec-WebSocket-Key: ${Buffer.alloc(16, 7).toString('base64')}`, '', ''].join('\r\n'),
    );
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    return socket;
  }

  it('one that answers no ping is closed', async () => {
    const dev = await aDeveloper();
    const socket = await deaf(dev);
    socket.resume();
    const ended = new Promise((resolve) => socket.once('close', () => resolve('closed')));
    expect(await ended).toBe('closed');
    await waitFor(() => !app.nest.get(NotificationGateway).has(dev.id));
    expect(app.nest.get(NotificationGateway).has(dev.id)).toBe(false);
  });

  it('one too many that answers no goodbye counts no more, and is cut off', async () => {
    const unhurried = await TestApp.start({}, app);
    try {
      const address = await listening(unhurried);
      const dev = await aDeveloper();
      const open = async () => Number(/ctms_websockets (\d+)/.exec((await as(unhurried).get('/metrics')).text)?.[1]);
      const socket = await deaf(dev, address);
      socket.resume();
      let isCutOff = false;
      socket.once('close', () => (isCutOff = true));
      await waitFor(async () => (await open()) === 1);
      const clients = Array.from({ length: 20 }, () => LiveClient.of(dev, address));
      await Promise.all(clients.map(({ opened }) => opened));
      await waitFor(async () => (await open()) === 20);
      expect(await open()).toBe(20);
      clients.push(LiveClient.of(dev, address));
      const gone = () => clients.filter(({ socket: { readyState } }) => readyState === WebSocket.CLOSED);
      await waitFor(() => gone().length > 0);
      expect([await open(), gone().length, await gone()[0]?.closed]).toEqual([
        ...[20, 1],
        { code: 1008, reason: 'too many connections' },
      ]);
      // After two seconds; the library itself would wait for thirty.
      await waitFor(() => isCutOff, 15_000);
    } finally {
      await unhurried.stop();
    }
  }, 90_000);

  it('one that answers is not', async () => {
    const client = LiveClient.of(await aDeveloper(), url);
    await client.opened;
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(client.socket.readyState).toBe(1);
    client.socket.close();
  });

  it('one that reads nothing does not make the server’s memory grow, and loses nothing', async () => {
    const dev = await aDeveloper();
    await app.rows(sql`INSERT INTO notifications (user_id, message, notification_type, created_at)
      SELECT ${dev.id}::int, repeat('x', 20000), 'status_change', now() FROM generate_series(1, 4000)`);
    const read = jest.spyOn(app.nest.get(NotificationsQueries, { strict: false }), 'undelivered');
    const socket = await deaf(dev);
    await waitFor(() => !app.nest.get(NotificationGateway).has(dev.id));
    // 80 MB are waiting, in 20 batches: no more are read than the connection takes.
    expect(read.mock.calls.length).toBeLessThan(10);
    read.mockRestore();
    socket.destroy();
    expect(await undelivered(dev)).toBeGreaterThan(3000);
  }, 60_000);
});
