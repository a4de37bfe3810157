import { request } from 'node:http';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Budgets } from '../../src/infrastructure/budgets/budgets.service.js';
import { anActor, as, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { connected } from '../support/database.js';
import { listening } from '../support/live.js';
import { OpenRequests } from '../support/open-requests.js';
import { waitFor } from '../support/wait-for.js';

const ME = '/api/auth/users/me';
const PLACES = 4;

describe('A server with as many requests as it works on at once', () => {
  let app: TestApp;
  let url: string;
  let manager: TestActor;
  let requests: OpenRequests;
  let budgets: Budgets;

  beforeAll(async () => {
    app = await TestApp.start({
      BUDGETS: `requests.share=1000,running_requests.process=${PLACES}`,
    });
    url = (await listening(app)).replace('ws', 'http');
    manager = await anActor(app, 'manager');
    requests = new OpenRequests(url, manager.token);
    budgets = app.nest.get(Budgets, { strict: false });
  });
  afterAll(() => app.stop());

  const waiting = () => budgets.waiting('running_requests');
  const metric = async (name: string, resource = 'running_requests') => {
    const { text } = await as(app).get('/metrics');
    return Number(new RegExp(`^${name}{resource="${resource}"[^}]*} (\\d+)$`, 'm').exec(text)?.[1] ?? NaN);
  };
  const fill = () =>
    Array.from(
      { length: PLACES },
      (_, n) => budgets.tryAcquire('running_requests', `192.0.2.${n}`) as { release(): void },
    );

  const hasPlace = () => {
    const place = budgets.tryAcquire('running_requests', '192.0.2.9');
    place?.release();
    return place !== undefined;
  };

  it('lets the next wait until a place is free, and shows it in the metrics', async () => {
    const places = fill();
    const asked = requests.get(ME);
    await waitFor(async () => waiting() === 1);
    expect([await metric('ctms_budget_in_use'), await metric('ctms_budget_waiting')]).toEqual([PLACES, 1]);
    places[0]?.release();
    expect((await asked).status).toBe(200);
    places.forEach((place) => place.release());
    expect(await metric('ctms_budget_in_use')).toBe(0);
  });

  it('forgets who has gone while they waited', async () => {
    const places = fill();
    const asked = request(new URL(ME, url), { headers: { Authorization: `Bearer ${manager.token}` } });
    const ended = new Promise((resolve) => asked.on('error', resolve));
    asked.end();
    await waitFor(async () => waiting() === 1);
    asked.destroy();
    await ended;
    await waitFor(async () => waiting() === 0);
    places.forEach((place) => place.release());
    expect((await requests.get(ME)).status).toBe(200);
    expect(await metric('ctms_budget_in_use')).toBe(0);
    // Nobody was refused.
    expect(await metric('ctms_budget_refused_total')).toBeNaN();
  });

  it('refuses who waited for too long as busy, and counts none of them as under way any more', async () => {
    const places = fill();
    const line = `GET ${ME} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${manager.token}\r\n\r\n`;
    const { hostname, port } = new URL(url);
    const pipelining = connect(Number(port), hostname, () => pipelining.write(line.repeat(3)));
    const asked = requests.get(ME.replace('auth', '%61uth'), { 'X-Request-Id': 'mine-1' });
    await waitFor(async () => waiting() === 4);
    pipelining.destroy();
    expect(await asked).toEqual({
      ...{ status: 503, code: 'busy', retryAfter: 1 },
      ...{ requestId: 'mine-1', timing: 'total;dur=0.00', instance: ME },
    });
    await waitFor(async () => waiting() === 0);
    expect(await metric('ctms_budget_in_use', 'load')).toBe(0);
    places.forEach((place) => place.release());
  }, 20_000);

  it('starts further ones where those it works on get nowhere', async () => {
    await connected(app.database.ownerUrl, async (client) => {
      await client.query('BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE');
      const stuck = Array.from({ length: PLACES + 1 }, () => requests.get('/api/tasks?limit=5'));
      expect((await requests.get(ME)).status).toBe(200);
      await client.query('ROLLBACK');
      expect((await Promise.all(stuck)).map(({ status }) => status)).toEqual(stuck.map(() => 200));
    });
  });

  it('keeps the places of those that it works on for longer than all of them take on a slow machine', async () => {
    await connected(app.database.ownerUrl, async (client) => {
      await client.query('BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE');
      const before = performance.now();
      const stuck = Array.from({ length: PLACES }, () => requests.get('/api/tasks?limit=5'));
      // After 100 ms of a pause of the machine the first is free again, which is late enough.
      while (hasPlace() && performance.now() - before < 100) await setImmediate();
      expect((await requests.get(ME)).status).toBe(200);
      // Timers of Node.js may be early by a millisecond.
      expect(performance.now() - before).toBeGreaterThan(98);
      await client.query('ROLLBACK');
      expect((await Promise.all(stuck)).map(({ status }) => status)).toEqual(stuck.map(() => 200));
    });
  });

  it('is not kept busy by log-ins that wait for their turn to be verified', async () => {
    const { process } = budgets.figures('password_checks');
    const checks = Array.from({ length: process }, () => budgets.tryAcquire('password_checks', '192.0.2.9'));
    const asked = as(app)
      .post('/api/auth/login', { username: manager.username, password: 'not this one' })
      .then(({ status }) => status);
    while (budgets.waiting('password_checks') === 0) await setImmediate();
    const places = fill();
    expect(places.filter((place) => place !== undefined)).toHaveLength(PLACES);
    [...places, ...checks].forEach((permit) => permit?.release());
    expect(await asked).toBe(401);
  });

  it('counts none twice: after a burst every place is free', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => requests.get('/api/tasks?limit=5')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect([await metric('ctms_budget_in_use'), await metric('ctms_budget_waiting')]).toEqual([0, 0]);
  });
});
