import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { NotificationGateway } from '../../../src/notifications/websocket/notification.gateway.js';
import { anActor, as, signedIn, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { listening, LiveClient } from '../../support/live.js';
import { waitFor } from '../../support/wait-for.js';

let app: TestApp;
let url: string;
let manager: TestActor;
let names = 0;

beforeAll(async () => {
  app = await TestApp.start({
    WEBSOCKET_PING_SECONDS: '1',
    ALLOWED_ORIGINS: 'https://app.example.org',
    LOG_LEVEL: 'trace',
  });
  url = await listening(app);
  manager = await anActor(app, 'manager');
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

const aDeveloper = () => anActor(app, 'developer', { username: `live${++names}` });

async function give(who: TestActor, title = 'Visit 4'): Promise<number> {
  const body = { title, estimated_hours: 8, deadline: '2027-01-01T00:00:00Z', assigned_to: who.id };
  return ((await as(manager).post('/api/tasks', body)).body as { id: number }).id;
}

const undelivered = async (who: TestActor) =>
  (
    await app.rows<{ n: number }>(
      sql`SELECT count(*)::int AS n FROM notifications WHERE user_id = ${who.id} AND NOT is_delivered`,
    )
  )[0]?.n;

describe('who gets in, and for how long', () => {
  it('no one without a good token: 4001', async () => {
    const dev = await aDeveloper();
    const forged = `${dev.token.slice(0, -8)}AAAAAAAA`;
    const old = dev.token;
    for (const query of [
      '',
      '?token=',
      '?token=garbage',
      `?token=${forged}`,
      `?token=${old}&token=${old}`,
      '?tokken=x',
    ]) {
      expect([query, (await new LiveClient(url + query).closed).code]).toEqual([query, 4001]);
    }
    app.clock.advance(20 * 60 + 1);
    expect(await LiveClient.of(dev, url).closed).toEqual({ code: 4001, reason: 'invalid_token' });
  });

  it('with or without a trailing slash, by the query or by a header', async () => {
    const dev = await aDeveloper();
    const plain = new LiveClient(`${url.slice(0, -1)}?token=${dev.token}`);
    const header = new LiveClient(url, { Authorization: `Bearer ${dev.token}` });
    await Promise.all([plain.opened, header.opened]);
    await give(dev);
    expect(await plain.notified(1)).toEqual(await header.notified(1));
    plain.socket.close();
    header.socket.close();
  });

  it('no page of a foreign origin: 403; the allowed and the own one get in', async () => {
    const { token } = await aDeveloper();
    const answer = await new Promise<number>((resolve) => {
      const client = new LiveClient(`${url}?token=${token}`, { Origin: 'https://evil.example' });
      client.socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    });
    expect(answer).toBe(403);
    for (const origin of ['https://app.example.org', url.replace('ws', 'http').replace(/\/ws.*/, '')]) {
      const client = new LiveClient(`${url}?token=${token}`, { Origin: origin });
      await client.opened;
      client.socket.close();
    }
  });

  it('is 426 as a plain request, and 404 elsewhere', async () => {
    expect((await as(app).get('/ws/notifications/')).status).toBe(426);
    const status = await new Promise<number>((resolve) => {
      const headers = {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'x',
      };
      const call = httpRequest(url.replace('ws', 'http').replace('notifications', 'other'), { headers });
      call.on('response', (response) => resolve(response.statusCode ?? 0));
      call.on('error', () => resolve(-1));
      call.end();
    });
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it('until log-out, log-out of all devices, or being disabled', async () => {
    const dev = await aDeveloper();
    const second = await signedIn(app, dev);
    const clients = [LiveClient.of(dev, url), LiveClient.of(second, url)];
    await Promise.all(clients.map(({ opened }) => opened));
    await as(dev).post('/api/auth/logout');
    expect(await clients[0]?.closed).toEqual({ code: 4001, reason: 'logout' });
    expect(clients[1]?.socket.readyState).toBe(1);
    const third = LiveClient.of(await signedIn(app, dev), url);
    await third.opened;
    await as(second).post('/api/auth/logout-all');
    expect(await Promise.all([clients[1]?.closed, third.closed])).toEqual([
      { code: 4001, reason: 'logout_all' },
      { code: 4001, reason: 'logout_all' },
    ]);
    const fourth = LiveClient.of(await signedIn(app, dev), url);
    await fourth.opened;
    await as(manager).patch(`/api/auth/users/${dev.id}`, { is_active: false, reason: 'Left' });
    expect(await fourth.closed).toEqual({ code: 4001, reason: 'user_disabled' });
  });

  it('until the token expires', async () => {
    const client = LiveClient.of(await aDeveloper(), url);
    await client.opened;
    app.clock.advance(20 * 60 + 1);
    expect(await client.closed).toEqual({ code: 4001, reason: 'token_expired' });
  });

  it('and not on more than twenty connections: the oldest goes', async () => {
    const dev = await aDeveloper();
    const clients: LiveClient[] = [];
    for (let n = 0; n < 21; n++) {
      clients.push(LiveClient.of(dev, url));
      await clients[n]?.opened;
    }
    // Which one is the oldest is decided where they are let in, a moment after they are open here.
    const gone = () => clients.filter(({ socket }) => socket.readyState === WebSocket.CLOSED);
    await waitFor(() => gone().length > 0);
    expect(await Promise.all(gone().map(({ closed }) => closed))).toEqual([
      { code: 1008, reason: 'too many connections' },
    ]);
    expect(clients.filter(({ socket }) => socket.readyState === WebSocket.OPEN)).toHaveLength(20);
    clients.forEach(({ socket }) => socket.close());
  });
});

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
      const ended = new Promise((resolve) => socket.once('close', () => resolve('closed')));
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
      expect(await ended).toBe('closed');
    } finally {
      await unhurried.stop();
    }
  }, 10_000);

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
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const socket = await deaf(dev);
    await waitFor(() => !app.nest.get(NotificationGateway).has(dev.id));
    const grown = (process.memoryUsage().rss - before) / 1024 / 1024;
    // 80 MB are waiting; a batch of 200 is 4 MB, held a few times over.
    expect(grown).toBeLessThan(60);
    socket.destroy();
    expect(await undelivered(dev)).toBeGreaterThan(3000);
  }, 20_000);
});

describe('the gateway', () => {
  it('counts its sockets in the metrics, and leaves no token in any log or table', async () => {
    const dev = await aDeveloper();
    const client = LiveClient.of(dev, url);
    await client.opened;
    await waitFor(async () => /ctms_websockets [1-9]/.test((await as(app).get('/metrics')).text));
    expect((await as(app).get('/metrics')).text).toMatch(/ctms_websockets [1-9]/);
    await as(app).get(`/ws/notifications/?token=${dev.token}`);
    client.say('x'.repeat(70_000));
    await client.closed;
    await app.flushed();
    const [found] = await app.rows<{ n: number }>(
      sql`SELECT count(*)::int AS n FROM api_audit_logs l WHERE l::text LIKE ${`%${dev.token}%`}`,
    );
    expect(found?.n).toBe(0);
    expect(app.log.join('\n')).not.toContain(dev.token);
  });

  it('closes every socket when the server stops, which then can end', async () => {
    const second = await TestApp.start({}, app);
    const address = await listening(second);
    const dev = await aDeveloper();
    const client = LiveClient.of(dev, address);
    await waitFor(() => second.nest.get(NotificationGateway).has(dev.id));
    await second.stop();
    expect((await client.closed).code).toBe(1001);
  });
});
