import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { as } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';

const LIMITS = { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_PUBLIC_PER_MINUTE: '5' };
const GONE = /Redis is gone: requests are counted in memory/;
const BACK = /Redis is back/;

const ask = async (app: TestApp) => (await as(app).post('/api/auth/login', {})).status;
/** Of several applications in one process, all write to the log of the last. */
const logged = (app: TestApp, what: RegExp) => app.log.filter((line) => what.test(line)).length;
const shared = async (app: TestApp) => /ctms_rate_limits_shared (\d)/.exec((await as(app).get('/metrics')).text)?.[1];

async function until(what: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  for (let waited = 0; !(await what()); waited += 20) {
    if (waited > seconds * 1000) throw new Error(`Not within ${seconds} s: ${String(what)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function listening(server: Server, port = 0): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Answers of a read-only replica of Redis: it is healthy, but does not count. */
const readOnly = (commands: string): string =>
  [...commands.matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)]
    .map(([, name]) => ({ HELLO: '%0\r\n', EVAL: "-READONLY You can't write\r\n", PING: '+PONG\r\n' })[name as 'PING'])
    .map((answer) => answer ?? '+OK\r\n')
    .join('');

describe('without the Redis that is configured', () => {
  const sockets = new Set<Socket>();
  const kinds: [string, string, (socket: Socket) => void][] = [
    ['accepts and dies', 'closed', (socket) => socket.destroy()],
    ['dies at the first word', 'closed', (socket) => socket.once('data', () => socket.destroy())],
    ['talks nonsense', 'RESP', (socket) => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    ['is read-only', 'READONLY', (socket) => socket.on('data', (data) => socket.write(readOnly(String(data))))],
    ['never answers', 'timeout', (socket) => void sockets.add(socket.on('data', () => undefined))],
  ];

  async function holds(REDIS_URL: string, reason: string): Promise<void> {
    const began = Date.now();
    const app = await TestApp.start({ ...LIMITS, REDIS_URL });
    try {
      const statuses = [];
      for (let n = 0; n < 6; n++) statuses.push(await ask(app));
      expect(statuses).toEqual([422, 422, 422, 422, 422, 429]);
      // A server that never answers would hold it for good; a busy machine only takes its time.
      expect(Date.now() - began).toBeLessThan(20_000);
      expect(await shared(app)).toBe('0');
      await until(() => logged(app, GONE) === 1);
      expect(app.log.find((line) => GONE.test(line))).toContain(reason);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      expect([logged(app, GONE), logged(app, BACK), app.log.join().includes('hunter2')]).toEqual([1, 0, false]);
    } finally {
      const stopping = Date.now();
      await app.stop();
      expect(Date.now() - stopping).toBeLessThan(15_000);
    }
    expect(logged(app, GONE)).toBe(1);
  }

  it('limits in memory, says so once, starts and stops, where nothing listens', async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    await holds(`redis://:hunter2@127.0.0.1:${port}`, 'ECONNREFUSED');
  });

  it.each(kinds)(
    'limits in memory, says so once, starts and stops, where something %s',
    async (_kind, reason, treat) => {
      const server = createServer((socket) => treat(socket.on('error', () => undefined)));
      await holds(`redis://:hunter2@127.0.0.1:${await listening(server)}`, reason);
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  );
});

const { TEST_REDIS_URL } = process.env;

// Runs where a Redis is available: `TEST_REDIS_URL=redis://127.0.0.1:6379 npm test`.
(TEST_REDIS_URL ? describe : describe.skip)('with a Redis', () => {
  /** A way to Redis that can be cut, or made to hang. */
  class Way {
    private readonly pairs = new Set<[Socket, Socket]>();
    private readonly server = createServer((near) => {
      const { hostname, port } = new URL(TEST_REDIS_URL as string);
      const far = connect(Number(port) || 6379, hostname);
      for (const socket of [near, far]) socket.on('error', () => undefined);
      near.pipe(far).pipe(near);
      this.pairs.add([near, far]);
    });
    port = 0;

    async open(): Promise<this> {
      this.port = await listening(this.server, this.port);
      return this;
    }

    async cut(): Promise<void> {
      const closed = new Promise((resolve) => this.server.close(resolve));
      this.pairs.forEach(([near, far]) => [near.destroy(), far.destroy()]);
      this.pairs.clear();
      await closed;
    }

    /** Keeps connections open and answers nothing. */
    hang(): void {
      this.pairs.forEach(([near, far]) => far.unpipe(near).pause());
    }

    resume(): void {
      this.pairs.forEach(([near, far]) => far.pipe(near));
    }

    get url(): string {
      return `redis://127.0.0.1:${this.port}`;
    }
  }

  const apps: TestApp[] = [];
  let way: Way;

  beforeEach(async () => {
    way = await new Way().open();
  });
  afterEach(async () => {
    for (const app of apps.splice(0).reverse()) await app.stop();
    await way.cut();
  });

  /** Keys of one test are no other's. */
  async function replicas(count: number): Promise<TestApp[]> {
    const env = { ...LIMITS, REDIS_URL: way.url, APP_NAME: `test-${randomBytes(6).toString('hex')}` };
    for (let n = 0; n < count; n++) apps.push(await TestApp.start(env, apps[0]));
    for (const app of apps) await until(async () => (await shared(app)) === '1');
    return [...apps];
  }

  it('counts for all replicas together', async () => {
    const [one, two] = (await replicas(2)) as [TestApp, TestApp];
    expect([await ask(one), await ask(two), await ask(one), await ask(two), await ask(one)]).toEqual(
      Array(5).fill(422),
    );
    expect([await ask(one), await ask(two)]).toEqual([429, 429]);
    expect([logged(two, GONE), logged(two, BACK)]).toEqual([0, 0]);
  });

  it('is not outrun by requests to all of them at once', async () => {
    const both = (await replicas(2)) as [TestApp, TestApp];
    const statuses = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(both[n % 2] as TestApp)));
    expect(statuses.filter((status) => status === 422)).toHaveLength(5);
  });

  it('goes on in memory when Redis goes, and together when it is back; each is said once', async () => {
    const [one, two] = (await replicas(2)) as [TestApp, TestApp];
    for (let n = 0; n < 3; n++) await ask(one);
    await way.cut();
    await until(() => logged(two, GONE) === 2);
    expect(await shared(one)).toBe('0');
    for (const app of [one, two])
      expect(await Promise.all(Array.from({ length: 6 }, () => ask(app)))).toEqual([422, 422, 422, 422, 422, 429]);
    await way.open();
    for (const app of [one, two]) await until(async () => (await shared(app)) === '1');
    expect([await ask(one), await ask(two), await ask(one)]).toEqual([422, 422, 429]);
    expect([logged(two, GONE), logged(two, BACK)]).toEqual([2, 2]);
  });

  it('makes no request wait for a Redis that hangs, but the ones under way', async () => {
    const [app] = (await replicas(1)) as [TestApp];
    way.hang();
    const began = Date.now();
    expect(await ask(app)).toBe(422);
    // One that hangs would hold it for good.
    expect(Date.now() - began).toBeLessThan(10_000);
    const times = [];
    for (let n = 0; n < 4; n++) {
      const next = Date.now();
      expect(await ask(app)).toBe(422);
      times.push(Date.now() - next);
    }
    // Each would have waited for 500 ms; a busy machine holds up one of them at most.
    expect(times.filter((ms) => ms >= 500).length).toBeLessThan(2);
    expect([logged(app, GONE), await shared(app)]).toEqual([1, '0']);
    way.resume();
    await until(async () => (await shared(app)) === '1');
    expect(logged(app, BACK)).toBe(1);
  });

  it('takes a new connection in the place of one that hangs for good', async () => {
    const [app] = (await replicas(1)) as [TestApp];
    way.hang();
    await ask(app);
    await until(async () => (await shared(app)) === '1', 12);
    expect([logged(app, GONE), logged(app, BACK)]).toEqual([1, 1]);
  }, 40_000);
});
