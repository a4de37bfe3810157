import { type IncomingHttpHeaders } from 'node:http';
import { LoadGauge } from '../../../src/server/load-shedding.js';
import { Budgets } from '../../../src/infrastructure/budgets/budgets.service.js';
import { SocketTicketsRepository } from '../../../src/notifications/websocket/socket-tickets.repository.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import { listening, LiveClient } from '../../support/live.js';
import { anAddress } from '../../support/logins.js';
import { waitFor } from '../../support/wait-for.js';

const PUBLIC_LIMIT = 3;
const USER_LIMIT = 5;
const LIMITS = {
  RATE_LIMIT_ENABLED: 'true',
  RATE_LIMIT_PER_MINUTE: String(USER_LIMIT),
  RATE_LIMIT_ROLES: '',
  RATE_LIMIT_PUBLIC_PER_MINUTE: String(PUBLIC_LIMIT),
  TRUSTED_PROXIES: '127.0.0.1,::1',
  BUDGETS: 'running_requests.process=1',
};

let app: TestApp;
let url: string;

beforeAll(async () => {
  app = await TestApp.start(LIMITS);
  url = await listening(app);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => app.stop());

interface Outcome {
  /** The close code; `open`; or the status of an HTTP answer. */
  readonly is: number | 'open';
  readonly headers: IncomingHttpHeaders;
}

/** Opens a socket and closes it again. */
function shake(query: string, address = anAddress(), to = url): Promise<Outcome> {
  const { socket } = new LiveClient(to + query, { 'X-Forwarded-For': address });
  return new Promise((resolve) => {
    socket.once('unexpected-response', (_request, { statusCode = 0, headers }) => {
      resolve({ is: statusCode, headers });
      socket.terminate();
    });
    socket.once('close', (code) => resolve({ is: code, headers: {} }));
    // Only the answer shows that the socket is let in: a refusal is a close after the handshake.
    socket.once('open', () => socket.send('{"action":"subscribe","topics":["tasks"]}'));
    socket.once('message', () => {
      resolve({ is: 'open', headers: {} });
      socket.close();
    });
  });
}

async function shakes(count: number, query: string, address?: string, to?: string): Promise<Outcome['is'][]> {
  const outcomes: Outcome['is'][] = [];
  for (let n = 0; n < count; n++) outcomes.push((await shake(query, address, to)).is);
  return outcomes;
}

async function ticketOf(who: TestActor): Promise<string> {
  const { body } = await as(who).post('/api/auth/socket-ticket');
  return `?ticket=${(body as { ticket: string }).ticket}`;
}

const inFlight = async () => {
  const { text } = await as(app).get('/metrics');
  return Number(/^ctms_budget_in_use{resource="load"} (\d+)$/m.exec(text)?.[1] ?? NaN);
};

describe('an address', () => {
  it('tries a limited number of wrong tickets a minute; beyond it, the database is not asked', async () => {
    const redeem = jest.spyOn(app.nest.get(SocketTicketsRepository, { strict: false }), 'redeem');
    const here = '2001:db8:1:1::1';
    expect(await shakes(PUBLIC_LIMIT, '?ticket=wrong', here)).toEqual([4001, 4001, 4001]);
    const { is, headers } = await shake('?ticket=other', '2001:db8:1:1::2');
    expect([is, headers]).toEqual([
      429,
      expect.objectContaining({
        'content-type': 'application/problem+json; charset=utf-8',
        'ratelimit-limit': '3',
        'ratelimit-remaining': '0',
        'ratelimit-policy': '3;w=60',
        'retry-after': headers['ratelimit-reset'],
      }),
    ]);
    expect(redeem).toHaveBeenCalledTimes(PUBLIC_LIMIT);
    expect((await shake('?ticket=wrong')).is).toBe(4001);
  });

  it('tries a limited number of wrong tokens a minute, which keeps none with a good token or ticket out', async () => {
    const here = anAddress();
    const developer = await anActor(app, 'developer');
    expect(await shakes(PUBLIC_LIMIT + 1, '?token=wrong', here)).toEqual([4001, 4001, 4001, 429]);
    expect(await shakes(1, '', here)).toEqual([429]);
    expect(await shakes(1, `?token=${developer.token}`, here)).toEqual(['open']);
    expect(await shakes(1, await ticketOf(developer), here)).toEqual(['open']);
    expect((await as(developer).get('/api/auth/users/me', { 'X-Forwarded-For': here })).status).toBe(200);
  });

  it('opens the sockets of any number of users, which uses up none of its failures', async () => {
    const here = anAddress();
    const users = await Promise.all(Array.from({ length: 2 * PUBLIC_LIMIT }, () => anActor(app, 'developer')));
    const queries = await Promise.all(users.map(ticketOf));
    const outcomes = await Promise.all(queries.map((query) => shake(query, here)));
    expect(outcomes.map(({ is }) => is)).toEqual(users.map(() => 'open'));
    expect(await shakes(PUBLIC_LIMIT + 1, '?ticket=wrong', here)).toEqual([4001, 4001, 4001, 429]);
  });
});

describe('a user', () => {
  it('opens a limited number of sockets a minute, which count as requests', async () => {
    const developer = await anActor(app, 'developer');
    const query = `?token=${developer.token}`;
    expect(await shakes(USER_LIMIT - 1, query)).toEqual(['open', 'open', 'open', 'open']);
    const { headers } = await as(developer).get('/api/auth/users/me');
    expect(headers['ratelimit-remaining']).toBe('0');
    const beyond = await shake(query);
    expect([beyond.is, beyond.headers['ratelimit-limit']]).toEqual([429, '5']);
    expect(Number(beyond.headers['retry-after'])).toBeGreaterThan(0);
  });
});

describe('handshakes', () => {
  it('are not limited where rate limits are off', async () => {
    const unlimited = await TestApp.start({ ...LIMITS, RATE_LIMIT_ENABLED: 'false' }, app);
    try {
      const outcomes = await shakes(PUBLIC_LIMIT + 1, '?ticket=wrong', anAddress(), await listening(unlimited));
      expect(outcomes).toEqual([4001, 4001, 4001, 4001]);
    } finally {
      await unlimited.stop();
    }
  });

  it('are refused as busy before anything runs for them where the process is overloaded', async () => {
    const redeem = jest.spyOn(app.nest.get(SocketTicketsRepository, { strict: false }), 'redeem');
    jest.spyOn(LoadGauge.prototype, 'admits').mockReturnValue(false);
    const { is, headers } = await shake('?ticket=wrong');
    expect([is, headers]).toEqual([
      503,
      expect.objectContaining({ 'content-type': 'application/problem+json; charset=utf-8', 'retry-after': '2' }),
    ]);
    expect(redeem).not.toHaveBeenCalled();
  });

  it('are requests in flight until the socket is open or the answer is out', async () => {
    const budgets = app.nest.get(Budgets, { strict: false });
    const place = budgets.tryAcquire('running_requests', '192.0.2.1');
    const developer = await anActor(app, 'developer');
    const address = anAddress();
    const good = new LiveClient(`${url}?token=${developer.token}`, { 'X-Forwarded-For': address });
    const bad = shakes(1, '?token=wrong', address);
    await waitFor(() => budgets.waiting('running_requests') === 2);
    expect(await inFlight()).toBe(2);
    place?.release();
    await good.opened;
    expect(await bad).toEqual([4001]);
    await waitFor(async () => (await inFlight()) === 0);
    good.socket.close();
  });

  it('are counted in the metrics where they are refused by a limit', async () => {
    const { text } = await as(app).get('/metrics');
    for (const by of ['socket_ticket', 'socket_token']) expect(text).toMatch(`ctms_rate_limited_total{by="${by}"} `);
  });
});
