import { request as httpRequest } from 'node:http';
import { WebSocket } from 'ws';
import { ActiveSessionsRepository } from '../../../src/auth/access-tokens/active-sessions.repository.js';
import { NarrowingFacts } from '../../../src/core/authorization/narrowings.service.js';
import { PgNotifyBus } from '../../../src/infrastructure/database/pg-notify.js';
import { Metrics } from '../../../src/infrastructure/monitoring/metrics.js';
import { NotificationGateway } from '../../../src/notifications/websocket/notification.gateway.js';
import { anActor, as, signedIn, type TestActor } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { connected } from '../../support/database.js';
import { listening, LiveClient } from '../../support/live.js';
import { notifiedBy, SOCKETS } from '../../support/notified.js';
import { waitFor } from '../../support/wait-for.js';
import { withoutSweeps } from '../../support/without-sweeps.js';

let app: TestApp;
let url: string;
let manager: TestActor;
const { aDeveloper, give } = notifiedBy(() => ({ app, manager }));

beforeAll(async () => {
  app = await TestApp.start(SOCKETS);
  url = await listening(app);
  manager = await anActor(app, 'manager');
});
afterEach(() => app.clock.reset());
afterAll(() => app.stop());

describe('a socket', () => {
  it('is closed with 4001 without a good token', async () => {
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

  it('opens with or without a trailing slash, with the token in the query or in a header', async () => {
    const dev = await aDeveloper();
    const plain = new LiveClient(`${url.slice(0, -1)}?token=${dev.token}`);
    const header = new LiveClient(url, { Authorization: `Bearer ${dev.token}` });
    await Promise.all([plain.opened, header.opened]);
    await give(dev);
    expect(await plain.notified(1)).toEqual(await header.notified(1));
    plain.socket.close();
    header.socket.close();
  });

  it('is refused to pages of a foreign origin with 403, and opens for the allowed and the own one', async () => {
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

  it('is 426 as a plain request, and 404 at another path', async () => {
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
    expect(status).toBe(404);
  });

  it('ends with log-out, log-out of all devices, and the disabling of its user', async () => {
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

  it('ends when its token expires', async () => {
    const client = LiveClient.of(await aDeveloper(), url);
    await client.opened;
    app.clock.advance(20 * 60 + 1);
    expect(await client.closed).toEqual({ code: 4001, reason: 'token_expired' });
  });

  it('is closed as the oldest of more than twenty of a user', async () => {
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

  it('keeps nothing of sockets that have ended, also during authentication, and takes none for an aborted request', async () => {
    const second = await TestApp.start({}, app);
    const address = await listening(second);
    const dev = await aDeveloper();
    const open = LiveClient.of(dev, address);
    await open.opened;
    open.socket.close();
    expect((await new LiveClient(`${address}?token=none`).closed).code).toBe(4001);
    const another = await signedIn(app, dev);
    await connected(app.database.ownerUrl, async (holder) => {
      await holder.query('BEGIN; LOCK TABLE user_sessions IN ACCESS EXCLUSIVE MODE');
      const hurried = LiveClient.of(another, address);
      await waitFor(async () => (await app.lockWaits()) > 0);
      hurried.socket.terminate();
      await hurried.closed;
      await holder.query('COMMIT');
    });
    await open.closed;
    const unanswered: string[] = [];
    second.nest.get(Metrics).observeResponse = ({ url }, _reply, status) => void unanswered.push(`${status} ${url}`);
    await waitFor(async () => (await second.connections()) === 0);
    await second.stop();
    expect(unanswered).toEqual([]);
  });

  it('closes a socket whose session ended while it was read', async () => {
    const dev = await aDeveloper();
    const sessions = app.nest.get(ActiveSessionsRepository, { strict: false }) as Partial<ActiveSessionsRepository>;
    let goOn: (facts: NarrowingFacts) => void = () => undefined;
    const isRead = new Promise<void>((resolve) => {
      sessions.factsOf = () => (resolve(), new Promise((done) => (goOn = done)));
    });
    const client = LiveClient.of(dev, url);
    await isRead;
    delete sessions.factsOf;
    // Once this is heard here, the cache has heard it, whose read is under way.
    const heard = new Promise<void>((resolve) =>
      app.nest
        .get(PgNotifyBus)
        .subscribe('ctms_access', (items) => void (items.includes(`session:${dev.sessionId}`) && resolve())),
    );
    await withoutSweeps([app], async () => {
      await app.rows(sql`UPDATE user_sessions SET ended_at = now(), end_reason = 'logout' WHERE id = ${dev.sessionId}`);
      await heard;
      goOn(new NarrowingFacts([]));
      expect(await client.closed).toEqual({ code: 4001, reason: 'logout' });
    });
  });
});
