import { startProduct, type Product } from '../../support/product.js';
import { waitFor } from '../../support/wait-for.js';
import { figure, workerPids } from '../../support/workers.js';

const PASSWORD = 'trial-demo-2026';
const ENV = { WORKERS: '2', SECRET_KEY: 'k'.repeat(40), JOBS_ENABLED: 'false' };

describe('a worker whose event loop hangs', () => {
  it('is killed after WORKER_HANG_SECONDS, its clients are let go, and another one serves', async () => {
    const own = await startProduct({ ...ENV, WORKER_HANG_SECONDS: '6' });
    try {
      const [hanging] = workerPids(own);
      process.kill(hanging as number, 'SIGSTOP');
      const answers = await Promise.all(
        Array.from({ length: 6 }, () =>
          fetch(`${own.url}/health/live`).then(
            ({ status }) => status,
            () => 'let go',
          ),
        ),
      );
      expect(answers).toContain('let go');
      expect(new Set(answers)).toEqual(new Set(['let go', 200]));
      await waitFor(async () => !workerPids(own).includes(hanging as number));
      const alive = async () => figure(await (await fetch(`${own.url}/metrics`)).text(), 'ctms_workers');
      await waitFor(async () => (await alive().catch(() => 0)) === 2);
      expect(own.output()).toContain('has not answered for 6 s; it is killed');
    } finally {
      await own.stop();
    }
  }, 60_000);
});

describe('a worker that hangs while it starts', () => {
  it('is killed after ten times WORKER_HANG_SECONDS, and another one serves', async () => {
    const NODE_OPTIONS = `--import ${THIRD_HANGS_WHILE_IT_STARTS}`;
    const own = await startProduct({ ...ENV, WORKER_HANG_SECONDS: '2', NODE_OPTIONS });
    try {
      process.kill(workerPids(own)[0] as number, 'SIGKILL');
      await waitFor(() => own.output().includes('Worker 3 does not serve after 20 s; it is killed'), 45_000);
      const alive = async () => figure(await (await fetch(`${own.url}/metrics`)).text(), 'ctms_workers');
      await waitFor(async () => (await alive().catch(() => 0)) === 2);
    } finally {
      await own.stop();
    }
  }, 90_000);
});

describe('a worker that dies before all have started', () => {
  it('is replaced', async () => {
    const own = await startProduct({ ...ENV, NODE_OPTIONS: `--import ${ONE_DIES_WHILE_THE_OTHER_STARTS}` });
    try {
      const alive = async () => figure(await (await fetch(`${own.url}/metrics`)).text(), 'ctms_workers');
      await waitFor(async () => (await alive().catch(() => 0)) === 2);
      expect(workerPids(own)).toHaveLength(2);
      expect(own.output()).toContain('Worker 1 has ended (SIGKILL)');
    } finally {
      await own.stop();
    }
  }, 60_000);
});

describe('a rejection that nothing handles', () => {
  it.each(['1', '2'])('is logged, and ends no process, with WORKERS=%s', async (WORKERS) => {
    const own = await startProduct({ ...ENV, WORKERS, NODE_OPTIONS: `--import ${REJECTING}` });
    try {
      const pids = WORKERS === '1' ? [own.pid] : [own.pid, ...workerPids(own)];
      pids.forEach((pid) => process.kill(pid, 'SIGUSR2'));
      await waitFor(async () => pids.every((pid) => own.output().includes(`"message":"stray in ${pid}"`)));
      expect(own.output().match(/A rejection was not handled/g)).toHaveLength(pids.length);
      expect((await fetch(`${own.url}/health/live`)).status).toBe(200);
      expect(await own.stop()).toBe(0);
    } finally {
      await own.stop();
    }
  });
});

describe('SIGTERM', () => {
  it.each(['1', '2'])(
    'lets what is under way be answered and ends with 0, with WORKERS=%s',
    async (WORKERS) => {
      const own = await startProduct({ ...ENV, WORKERS, BCRYPT_COST: '12' });
      const login = fetch(`${own.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username: 'manager', password: PASSWORD }),
      });
      let isAnswered = false;
      void login.then(() => (isAnswered = true));
      // It has arrived.
      const hashing = /ctms_budget_in_use\{.*password_checks.*\} [1-9]/;
      const isHashing = async () => hashing.test(await (await fetch(`${own.url}/metrics`)).text());
      await waitFor(async () => isAnswered || (await isHashing()));
      const ended = own.stop();
      expect((await login).status).toBe(200);
      expect(await ended).toBe(0);
      expect(own.output().match(/SIGTERM/g)).toHaveLength(1);
    },
    90_000,
  );
});

describe('a port in use', () => {
  let product: Product;

  beforeAll(async () => {
    product = await startProduct(ENV);
  });
  afterAll(() => product.stop());

  it('is reported once, with exit code 1', async () => {
    const failing = startProduct({ ...ENV, PORT: new URL(product.url).port }, product);
    await expect(failing).rejects.toThrow(/ended with 1:\nPort \d+ is taken\. Use another one: PORT=\d+ npm start\n$/);
  }, 90_000);
});

describe('a worker that cannot start', () => {
  it('ends the product with its words and its code', async () => {
    const failing = startProduct({ ...ENV, NODE_OPTIONS: `--import ${DYING}` });
    await expect(failing).rejects.toThrow(/ended with 7:\n.*A worker ended \(code 7\) before it served/s);
  }, 90_000);
});

/** Preload with which the first worker dies as soon as it serves, while the second one starts slowly. */
const ONE_DIES_WHILE_THE_OTHER_STARTS = `data:text/javascript,${encodeURIComponent(`
  import c from 'node:cluster';
  if (c.worker?.id === 1) {
    const send = process.send.bind(process);
    process.send = (message, ...rest) => {
      if (message.rpc?.m === 'serving') setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);
      return send(message, ...rest);
    };
  }
  if (c.worker?.id === 2) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
`)}`;

/** Preload with which the first replacement never gets to its own code. */
const THIRD_HANGS_WHILE_IT_STARTS = `data:text/javascript,${encodeURIComponent(`
  import c from 'node:cluster';
  if (c.worker?.id === 3) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
`)}`;

/** Preload of a process in which SIGUSR2 rejects a promise. */
const REJECTING = `data:text/javascript,${encodeURIComponent(
  "process.on('SIGUSR2',()=>void Promise.reject(new Error('stray in '+process.pid)))",
)}`;

/** Preload of a worker that exits at once; the primary is left alone. */
const DYING = `data:text/javascript,${encodeURIComponent(
  `import c from 'node:cluster';if(c.isWorker)process.exit(7)`,
)}`;
