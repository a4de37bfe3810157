import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connected, newDatabase, type TestDatabase } from '../../support/database.js';
import { startProduct, type Product } from '../../support/product.js';
import { SilentProxy } from '../../support/silent-proxy.js';
import { Traffic } from '../../support/traffic.js';
import { waitFor } from '../../support/wait-for.js';

const TIMEOUT_SECONDS = 2;
const ENV = {
  RATE_LIMIT_ENABLED: 'false',
  DATABASE_TIMEOUT_SECONDS: String(TIMEOUT_SECONDS),
  DATABASE_POOL_SIZE: '5',
  // One user makes all of the traffic here.
  BUDGETS: 'requests.share=100',
};

describe('a product whose connections to PostgreSQL are cut in silence', () => {
  let database: TestDatabase;
  let proxy: SilentProxy;
  let product: Product;

  beforeEach(async () => {
    database = await newDatabase();
    proxy = await SilentProxy.before(database.url);
  });
  afterEach(async () => {
    await product?.kill();
    proxy.close();
    await database.drop();
  });

  const start = async (env: Record<string, string> = {}) => {
    const direct = { DATABASE_URL: proxy.url, DATABASE_OWNER_URL: database.ownerUrl };
    product = await startProduct({ ...ENV, ...direct, ...env });
    return Traffic.of(product.url);
  };
  const asked = <R extends object>(statement: string) =>
    connected(database.ownerUrl, async (client) => (await client.query<R>(statement)).rows[0] as R);
  const logged = async (id: string) =>
    (await asked<{ n: number }>(`SELECT count(*)::int AS n FROM api_audit_logs WHERE request_id = '${id}'`)).n;
  const unsealed = async () =>
    (
      await asked<{ n: number }>(`SELECT count(*)::int AS n FROM audit_trail a
        WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.id)`)
    ).n;

  it.each(['1', '2'])(
    'gets all its places back, and its background work goes on: %s worker(s)',
    async (workers) => {
      const traffic = await start({ WORKERS: workers });
      const running = traffic.run(10);
      for (let n = 0; n < 2; n++) {
        await sleep(1500);
        expect(proxy.cutOpenOnes()).toBeGreaterThan(3);
        await sleep((TIMEOUT_SECONDS + 2) * 1000);
        await traffic.works();
      }
      traffic.stop();
      await running;
      expect(traffic.unexpected).toEqual([]);
      expect(traffic.answers.get(503) ?? 0).toBeGreaterThan(0);
      // More at once than there are places: each of them is free again.
      const statuses = () => Promise.all(Array.from({ length: 30 }, async () => (await traffic.read()).status));
      // Again where the database was too slow: a place that was lost would not come back.
      await waitFor(async () => (await statuses()).every((status) => status === 200));
      const id = `after-silence-${workers}`;
      await traffic.read(id);
      await waitFor(async () => (await logged(id)) === 1 && (await unsealed()) === 0, 30_000);
      expect([await logged(id), await unsealed()]).toEqual([1, 0]);
      expect(await product.stop()).toBe(0);
    },
    180_000,
  );

  it('ends without waiting for the database, with exit code 0, and answers first what hangs', async () => {
    const traffic = await start({ DATABASE_TIMEOUT_SECONDS: '60' });
    expect(proxy.cutOpenOnes()).toBeGreaterThan(0);
    // Connections that are accepted, which the requests use then.
    await Promise.all(Array.from({ length: 8 }, async () => (await fetch(`${product.url}/health/live`)).text()));
    const hung = Array.from({ length: 8 }, (_, n) => (n % 2 ? traffic.read() : traffic.write(n, 'hung')));
    const answers = Promise.all(hung.map(async (request) => (await request).status));
    await sleep(2000);
    const began = Date.now();
    const exited = once(product.child, 'exit').then(() => Date.now());
    const code = await product.stop();
    expect([code, (await exited) - began < 15_000]).toEqual([0, true]);
    expect(new Set(await answers)).toEqual(new Set([503]));
  }, 60_000);
});
