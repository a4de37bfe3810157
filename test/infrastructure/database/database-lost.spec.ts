import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client } from 'pg';
import { connected } from '../../support/database.js';
import { startProduct, type Product } from '../../support/product.js';
import { Traffic } from '../../support/traffic.js';

const LASTING_MS = 6000;

const terminateAll = async (client: Client): Promise<number> => {
  const { rowCount } = await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  return rowCount ?? 0;
};

/** Ends all connections to the product's database again and again, as an administrator may. */
async function terminateAgainAndAgain({ database }: Product): Promise<number> {
  return connected(database.ownerUrl, async (client) => {
    let ended = 0;
    for (const end = Date.now() + LASTING_MS; Date.now() < end; await sleep(15)) ended += await terminateAll(client);
    return ended;
  });
}

/** Does something to a product that answers requests; it has to live on, and to work again by itself. */
async function underTraffic(env: Record<string, string>, work: (product: Product, traffic: Traffic) => Promise<void>) {
  const product = await startProduct({ RATE_LIMIT_ENABLED: 'false', BUDGETS: 'requests.share=100', ...env });
  try {
    const traffic = await Traffic.of(product.url);
    const running = traffic.run(8);
    try {
      await work(product, traffic);
      await traffic.works();
    } finally {
      traffic.stop();
      await running;
    }
    expect(traffic.unexpected).toEqual([]);
    expect(traffic.answers.get(200) ?? 0).toBeGreaterThan(0);
    expect(product.output()).not.toMatch(/Unhandled|not handled|has ended \(/);
  } finally {
    expect([await product.stop(), product.output()]).toEqual([0, expect.anything()]);
  }
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

describe('a product whose connections to PostgreSQL end', () => {
  it('opens none but by DatabaseClient, which has a listener and limits', () => {
    const imports = /import (?!type)[^;]*\b(?<!type )(Client|Pool)\b[^;]*from 'pg'/;
    const opening = sources(join(__dirname, '../../../src')).filter(
      (file) => !file.endsWith('.spec.ts') && imports.test(readFileSync(file, 'utf8')),
    );
    expect(opening.map((file) => basename(file))).toEqual(['database-client.ts']);
  });

  it.each(['1', '2'])(
    'survives, and answers 503 with Retry-After until it is back: %s worker(s)',
    (workers) =>
      underTraffic({ WORKERS: workers }, async (product) => {
        expect(await terminateAgainAndAgain(product)).toBeGreaterThan(20);
      }),
    120_000,
  );

  it('goes on when no connection is left for it', async () => {
    await underTraffic({}, async ({ database }, traffic) => {
      const name = new URL(database.url).pathname.slice(1);
      await connected(database.ownerUrl, async (client) => {
        await client.query(`ALTER DATABASE ${name} CONNECTION LIMIT 1`);
        for (let n = 0; n < 20; n++) {
          await terminateAll(client);
          await sleep(100);
        }
        await client.query(`ALTER DATABASE ${name} CONNECTION LIMIT -1`);
      });
      expect(traffic.answers.get(503) ?? 0).toBeGreaterThan(0);
    });
  }, 120_000);

  it('goes on when its embedded PostgreSQL is killed, and starts it again', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'ctms-killed-'));
    execFileSync('chmod', ['755', dataDir]);
    await underTraffic({ DATABASE_URL: '', DATA_DIR: dataDir }, async (_product, traffic) => {
      for (let n = 0; n < 2; n++) {
        const file = readFileSync(join(dataDir, 'postgres', 'cluster', 'postmaster.pid'), 'utf8');
        process.kill(Number(file.split('\n')[0]), 'SIGKILL');
        await sleep(1000);
        await traffic.works();
      }
      expect(traffic.answers.get(503) ?? 0).toBeGreaterThan(0);
    });
  }, 120_000);
});
