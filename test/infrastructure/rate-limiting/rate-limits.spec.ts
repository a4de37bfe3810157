import { type Response } from 'supertest';
import { ThrottlerStore } from '../../../src/infrastructure/rate-limiting/throttler-store.js';
import { type RedisCounters } from '../../../src/infrastructure/rate-limiting/redis-counters.js';
import { document } from '../../support/openapi.js';
import { anActor, as, signedIn } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { aMember, Device, PASSWORD } from '../../support/device.js';
import { anAddress } from '../../support/logins.js';

const ME = '/api/auth/users/me';
const LIMITS = {
  RATE_LIMIT_ENABLED: 'true',
  RATE_LIMIT_PER_MINUTE: '5',
  RATE_LIMIT_ROLES: 'manager=8',
  RATE_LIMIT_PUBLIC_PER_MINUTE: '3',
  TRUSTED_PROXIES: '127.0.0.1,::1',
};
let app: TestApp;

beforeAll(async () => {
  app = await TestApp.start(LIMITS);
});
afterAll(() => app.stop());

async function times(count: number, ask: () => Promise<Response>): Promise<number[]> {
  const statuses = [];
  for (let n = 0; n < count; n++) statuses.push((await ask()).status);
  return statuses;
}

const from = (address = anAddress()) => ({ 'X-Forwarded-For': address });

describe('a visitor', () => {
  it.each<[string, (headers: Record<string, string>) => Promise<Response>, number]>([
    ['where there is nothing', (headers) => as(app).get('/api/nothing', headers), 404],
    [
      'from a foreign origin',
      (headers) => as(app).get('/api/tags', { ...headers, Origin: 'https://evil.example' }),
      403,
    ],
    [
      'with a body that is none',
      (headers) => as(app).post('/api/auth/login', 'x', { ...headers, 'Content-Type': 'text/plain' }),
      415,
    ],
  ])('has a limit %s', async (_, ask, status) => {
    const headers = from();
    expect(await times(4, () => ask(headers))).toEqual([status, status, status, 429]);
  });

  it('signs in while foreign pages and wrong paths of its address are over their limit', async () => {
    await aMember(app, 'neighbour');
    const headers = from();
    const foreign = () => as(app).get('/api/tags', { ...headers, Origin: 'https://evil.example' });
    expect(await times(4, foreign)).toEqual([403, 403, 403, 429]);
    expect((await as(app).get('/api/nothing', headers)).status).toBe(429);
    const credentials = { username: 'neighbour', password: PASSWORD };
    expect((await as(app).post('/api/auth/login', credentials, headers)).status).toBe(200);
  });
});

describe('a user', () => {
  it('makes a limited number of requests a minute, and gets the limit in headers', async () => {
    const developer = await anActor(app, 'developer');
    const first = await as(developer).get(ME);
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      'ratelimit-limit': '5',
      'ratelimit-remaining': '4',
      'ratelimit-reset': '60',
      'ratelimit-policy': '5;w=60',
    });
    expect(first.headers).not.toHaveProperty('retry-after');
    expect(await times(4, () => as(developer).get(ME))).toEqual([200, 200, 200, 200]);
    const refused = await as(developer).get(ME);
    expect(refused.body).toMatchObject({
      status: 429,
      code: 'too_many_requests',
      detail: expect.stringMatching(/^Too many requests: 5 a minute are allowed; try again in \d+ s$/) as string,
    });
    const { 'retry-after': wait, 'ratelimit-remaining': left, 'ratelimit-reset': reset } = refused.headers;
    expect([left, wait]).toEqual(['0', reset]);
    expect(Number(wait)).toBeGreaterThan(50);
    expect(refused.headers['content-type']).toContain('application/problem+json');
  });

  it('has one count over all routes, addresses and sessions, and none with others', async () => {
    const developer = await anActor(app, 'developer');
    const elsewhere = await signedIn(app, developer);
    await as(developer).get('/api/tasks', from());
    await as(elsewhere).get('/api/analytics', from());
    await as(elsewhere).get('/api/tasks/999', from());
    await as(developer).post('/api/tasks', {}, from());
    const last = await as(elsewhere).get(ME, from());
    expect([last.status, last.headers['ratelimit-remaining']]).toEqual([200, '0']);
    expect((await as(developer).get('/api/tags', from())).status).toBe(429);
    expect((await as(await anActor(app, 'developer')).get(ME)).status).toBe(200);
  });

  it('has the limit of their role, and refusals count', async () => {
    const manager = await anActor(app, 'manager');
    expect((await times(9, () => as(manager).get(ME))).slice(7)).toEqual([200, 429]);
    const auditor = await anActor(app, 'auditor');
    expect(await times(6, () => as(auditor).post('/api/tasks', {}))).toEqual([403, 403, 403, 403, 403, 429]);
  });
});

describe('an address', () => {
  it('has a stricter limit on public endpoints, with any token', async () => {
    const [here, developer] = [from(), await anActor(app, 'developer')];
    const ask = () => as(developer).post('/api/auth/verify-email', { token: 'x' }, here);
    expect(await times(4, ask)).toEqual([400, 400, 400, 429]);
    expect((await as(app).post('/api/auth/login', {}, here)).status).toBe(429);
    expect((await as(app).post('/api/auth/login', {}, from())).status).toBe(422);
    expect((await as(developer).get(ME, here)).status).toBe(200);
  });

  it('is its /64 where it is IPv6', async () => {
    let n = 0;
    const ask = () => as(app).post('/api/auth/login', {}, from(`2001:db8:9:9::${++n}`));
    expect(await times(4, ask)).toEqual([422, 422, 422, 429]);
  });

  it('has a limit for requests without a good token, which does not count against the users there', async () => {
    const [here, developer] = [from(), await anActor(app, 'developer')];
    const ended = await anActor(app, 'developer');
    await app.rows(sql`UPDATE user_sessions SET ended_at = now(), end_reason = 'logout' WHERE id = ${ended.sessionId}`);
    expect((await as(app).get(ME, here)).status).toBe(401);
    expect((await as(app).get(ME, { ...here, Authorization: 'Bearer x.y.z' })).status).toBe(401);
    const third = await as(ended).get(ME, here);
    expect([third.status, third.headers['ratelimit-remaining']]).toEqual([401, '0']);
    for (const ask of [as(ended).get(ME, here), as(app).get('/api/tasks', here)]) expect((await ask).status).toBe(429);
    expect((await as(developer).get(ME, here)).status).toBe(200);
    expect((await as(app).post('/api/auth/login', {}, here)).status).toBe(422);
  });

  it.each(['/', '/health', '/health/live', '/health/ready', '/metrics', '/openapi.json', '/docs'])(
    'may ask for %s as often as it likes',
    async (path) => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => as(app).get(path, from('198.19.0.1'))));
      for (const { status, headers } of answers) {
        expect(status).toBeLessThan(400);
        expect(headers).not.toHaveProperty('ratelimit-limit');
      }
    },
  );
});

describe('limits', () => {
  it('are counted in windows that begin with the first request', async () => {
    const counters = new ThrottlerStore({ consume: async () => undefined } as unknown as RedisCounters);
    const hit = async () => (await counters.increment('x', 1000, 2)).isBlocked;
    expect([await hit(), await hit(), await hit()]).toEqual([false, false, true]);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(await hit()).toBe(false);
  });

  it('are not outrun by requests made at once', async () => {
    const developer = await anActor(app, 'developer');
    const answers = await Promise.all(Array.from({ length: 20 }, () => as(developer).get(ME)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
  });

  it('are counted in the metrics, by what they are of', async () => {
    const { text } = await as(app).get('/metrics');
    for (const by of ['user', 'public', 'token', 'refused'])
      expect(text).toMatch(`ctms_rate_limited_total{by="${by}"} `);
    expect(text).not.toContain('ctms_rate_limits_shared');
  });

  it('are in the documents of every operation of the API, and of no other', () => {
    const operations = Object.entries(document.paths as unknown as Record<string, Record<string, object>>).flatMap(
      ([path, item]) =>
        Object.values(item).map((operation) => ({ path, limited: '429' in Object(operation).responses })),
    );
    expect(operations.length).toBeGreaterThan(30);
    for (const { path, limited } of operations) expect([path, limited]).toEqual([path, path.startsWith('/api/')]);
  });

  it('can be read by browsers of other origins', async () => {
    const { headers } = await as(await anActor(app, 'developer')).get(ME, { Origin: 'http://localhost:5173' });
    for (const name of ['Limit', 'Remaining', 'Reset', 'Policy'])
      expect(headers['access-control-expose-headers']).toContain(`RateLimit-${name}`);
  });
});

describe('configured otherwise', () => {
  it('knows the client by the socket alone where no proxy is trusted', async () => {
    const exposed = await TestApp.start({ ...LIMITS, TRUSTED_PROXIES: '' }, app);
    expect(await times(4, () => as(exposed).post('/api/auth/login', {}, from()))).toEqual([422, 422, 422, 429]);
    await exposed.stop();
  });

  it('has no limits where they are turned off', async () => {
    const open = await TestApp.start({ ...LIMITS, RATE_LIMIT_ENABLED: 'false' }, app);
    const answer = await as(open).post('/api/auth/login', {});
    expect([answer.status, answer.headers['ratelimit-limit']]).toEqual([422, undefined]);
    await open.stop();
  });

  it('has limits by default that a dashboard never meets', async () => {
    const standard = await TestApp.start({ RATE_LIMIT_ENABLED: '' }, app);
    await aMember(standard, 'dashboard');
    const device = new Device(standard);
    const signIn = await device.login('dashboard');
    expect(signIn.headers['ratelimit-limit']).toBe('300');
    for (let load = 0; load < 10; load++) {
      const paths = [ME, '/api/tasks', '/api/tags', '/api/analytics', '/api/auth/sessions'];
      const answers = await Promise.all(paths.map((path) => device.get(path)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    }
    const last = await device.get(ME);
    expect([last.headers['ratelimit-limit'], last.headers['ratelimit-remaining']]).toEqual(['600', '549']);
    await standard.stop();
  });
});
