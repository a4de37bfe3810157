import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { startProduct, type Product } from '../../support/product.js';
import { waitFor } from '../../support/wait-for.js';
import { figure, workerPids } from '../../support/workers.js';

const ENV = { WORKERS: '2', SECRET_KEY: 'k'.repeat(40), JOBS_ENABLED: 'false' };

const killOne = (product: Product) => process.kill(workerPids(product)[0] as number, 'SIGKILL');
const twoServe = async (product: Product) => {
  const metrics = await (await fetch(`${product.url}/metrics`)).text();
  return figure(metrics, 'ctms_workers') === 2;
};

describe('a worker that cannot be spawned', () => {
  // Node reports the first by an event, and throws the second.
  it.each([
    ['/nonexistent/node', 'ENOENT'],
    ['/dev/null/node', 'ENOTDIR'],
  ])(
    'is tried again, after a longer pause each time, with %s (%s)',
    async (path, code) => {
      const own = await startProduct({ ...ENV, NODE_OPTIONS: `--import ${noSpawnAfterADeath(path, 3)}` });
      try {
        killOne(own);
        await waitFor(() => /could not be started \(spawn .*another one starts in 400 ms/.test(own.output()));
        await waitFor(() => twoServe(own), 20_000);
        expect(own.output()).toContain(code);
        expect(await own.stop()).toBe(0);
      } finally {
        await own.stop();
      }
    },
    60_000,
  );

  it('is tried again where the primary had no file descriptors left, and does not hold up the stop', async () => {
    const own = await startProduct(ENV);
    const limitFiles = (limit: string) => execFileSync('prlimit', ['--pid', String(own.pid), `--nofile=${limit}:`]);
    try {
      limitFiles('10');
      killOne(own);
      await waitFor(() => own.output().includes('EMFILE'));
      limitFiles('1024');
      await waitFor(() => twoServe(own), 20_000);
      const began = performance.now();
      expect(await own.stop()).toBe(0);
      expect(performance.now() - began).toBeLessThan(8000);
    } finally {
      await own.stop();
    }
  }, 60_000);

  it('ends the product after some attempts where no other worker serves', async () => {
    const own = await startProduct({ ...ENV, NODE_OPTIONS: `--import ${noSpawnAfterADeath('/nonexistent/node')}` });
    try {
      const ended = once(own.child, 'exit', { signal: AbortSignal.timeout(30_000) });
      workerPids(own).forEach((pid) => process.kill(pid, 'SIGKILL'));
      expect(await ended).toEqual([1, null]);
      expect(own.output()).toContain('spawn /nonexistent/node ENOENT');
    } finally {
      await own.stop();
    }
  }, 60_000);
});

/** Preload of a primary that looks for Node in a wrong place after the first death of a worker, for so many times or for good. */
const noSpawnAfterADeath = (path: string, times = Infinity) =>
  `data:text/javascript,${encodeURIComponent(`
  import c from 'node:cluster';
  const { execPath } = process;
  let left = ${times};
  if (c.isPrimary) c.once('exit', () =>
    Object.defineProperty(process, 'execPath', { get: () => (left-- > 0 ? ${JSON.stringify(path)} : execPath) }));
`)}`;
