import { setTimeout as sleep } from 'node:timers/promises';
import { LoadGauge } from '../../src/server/load-shedding.js';
import { anActor, type TestActor } from '../support/actors.js';
import { TestApp } from '../support/app.js';
import { connected } from '../support/database.js';
import { listening } from '../support/live.js';
import { OpenRequests, type Answered } from '../support/open-requests.js';

/** More than are let in before it is known how fast they are answered. */
const MANY = 450;

describe('A server with more requests than it can answer soon', () => {
  let app: TestApp;
  let manager: TestActor;
  let requests: OpenRequests;

  beforeAll(async () => {
    const budgets = 'requests.share=10000';
    app = await TestApp.start({ DATABASE_TIMEOUT_SECONDS: '120', BUDGETS: budgets });
    manager = await anActor(app, 'manager');
    requests = new OpenRequests((await listening(app)).replace('ws', 'http'), manager.token);
    expect((await requests.get('/api/tasks?limit=5')).status).toBe(200);
  });
  afterAll(() => app.stop());

  it('refuses at once with Retry-After, answers health and metrics, and works again afterwards', async () => {
    await connected(app.database.ownerUrl, async (client) => {
      await client.query('BEGIN; LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE');
      const sent: Promise<Answered>[] = [];
      const furtherOnes = async () => {
        sent.push(...Array.from({ length: MANY }, () => requests.get('/api/tasks?limit=5')));
        // Until the gauge knows that nothing is answered.
        await sleep(1500);
        return Promise.all(Array.from({ length: 20 }, () => requests.get('/api/tasks?limit=5')));
      };
      /** Nothing has run for what is refused at once; others wait five seconds for a connection first. */
      const isAtOnce = ({ status, code, timing }: Answered) =>
        [status, code, timing].join() === '503,busy,total;dur=0.00';
      let further = await furtherOnes();
      // In a pause of the machine, some that wait for a connection give up, and make room.
      for (let left = 2; left > 0 && !further.every(isAtOnce); left--) further = await furtherOnes();
      expect(further.filter((answer) => !isAtOnce(answer))).toEqual([]);
      expect(further.every(({ retryAfter, requestId }) => retryAfter > 0 && requestId !== undefined)).toBe(true);
      const exempt = await Promise.all(['/health', '/health/live', '/metrics'].map((path) => requests.get(path)));
      expect(exempt.map(({ status }) => status)).toEqual([200, 200, 200]);
      await client.query('COMMIT');
      // Those that found no connection of the pool in time were let in, and were refused later.
      const outcomes = (await Promise.all(sent)).map(({ status, retryAfter }) => `${status} ${retryAfter > 0}`);
      expect(new Set(outcomes)).toEqual(new Set(['200 false', '503 true']));
    });
    expect((await requests.get('/api/tasks?limit=5')).status).toBe(200);
  }, 180_000);
});

describe('The load of a server', () => {
  /** A gauge with so many requests under way, of which `perSecond` are answered in each of `seconds`. */
  const gauge = (inFlight: number, perSecond: number, seconds: number) => {
    const load = new LoadGauge();
    load.inFlight = inFlight;
    let now = 10_000;
    load.admits(now, 0);
    for (const end = now + seconds * 1000; now < end; now += 100)
      for (let n = 0; n < perSecond / 10; n++) {
        load.inFlight++;
        load.answered(now);
      }
    return { load, now };
  };

  it.each([
    ['few requests, however slow they are', 99, 1, 2, true],
    ['a burst that has just begun', 300, 100, 0.1, true],
    ['as many as are answered within three quarters of a second', 600, 1000, 2, true],
    ['more than that', 800, 1000, 2, false],
    ['many where nothing is answered', 101, 0, 2, false],
  ])(
    'lets one more in beside %s: %d under way, %d a second, for %d s',
    (_what, inFlight, perSecond, seconds, admitted) => {
      const { load, now } = gauge(inFlight, perSecond, seconds);
      expect(load.admits(now, 0)).toBe(admitted);
    },
  );

  it('does not count those who wait for their turn elsewhere', () => {
    const { load, now } = gauge(2000, 100, 2);
    expect([load.admits(now, 0), load.admits(now, 1950)]).toEqual([false, true]);
  });
});
