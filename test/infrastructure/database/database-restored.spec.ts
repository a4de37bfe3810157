import { setTimeout as sleep } from 'node:timers/promises';
import { administer, connected, newDatabase, type TestDatabase } from '../../support/database.js';
import { startProduct, type Product } from '../../support/product.js';
import { Traffic } from '../../support/traffic.js';
import { waitFor } from '../../support/wait-for.js';

const SOON_MS = 30_000;

describe('a product under which an older copy of the database is restored', () => {
  let database: TestDatabase;
  let product: Product;
  let name: string;

  beforeAll(async () => {
    database = await newDatabase();
    name = new URL(database.url).pathname.slice(1);
    const own = { DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl };
    product = await startProduct({ RATE_LIMIT_ENABLED: 'false', ...own });
  }, 60_000);
  afterAll(async () => {
    await product.kill();
    for (const suffix of ['', '_copy', '_old'])
      await administer(`DROP DATABASE IF EXISTS ${name}${suffix} WITH (FORCE)`);
  });

  const count = (statement: string) =>
    connected(database.ownerUrl, async (client) => (await client.query<{ n: number }>(statement)).rows[0]?.n ?? 0);
  const unsealed = () =>
    count(`SELECT count(*)::int AS n FROM audit_trail a
      WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.id)`);
  const entries = () => count('SELECT count(*)::int AS n FROM audit_trail');
  const blocked = async (traffic: Traffic) => {
    const overview = (await (await traffic.get('/api/analytics')).json()) as {
      team_tasks: { blocked_tasks_needing_attention: { id: number }[] };
    };
    return overview.team_tasks.blocked_tasks_needing_attention.map(({ id }) => id).sort();
  };
  const write = async (traffic: Traffic, times: number) => {
    for (let n = 0; n < times; n++) expect((await traffic.write(n, `at ${Date.now()}`)).status).toBe(200);
  };

  it('goes on sealing within seconds, and trusts nothing that it had remembered', async () => {
    const before = await Traffic.of(product.url);
    await write(before, 3);
    await waitFor(async () => (await unsealed()) === 0, SOON_MS);
    const blockedThen = await blocked(before);
    const entriesThen = await entries();
    await database.away(() => administer(`CREATE DATABASE ${name}_copy TEMPLATE ${name}`));
    await before.works();

    const after = await Traffic.of(product.url);
    await write(after, 40);
    expect((await after.patch(blockedThen[0] ?? 0, { status: 'in_progress' })).status).toBe(200);
    await waitFor(async () => (await unsealed()) === 0, SOON_MS);
    expect(await blocked(after)).toHaveLength(blockedThen.length - 1);

    await database.away(() =>
      administer(`ALTER DATABASE ${name} RENAME TO ${name}_old`, `ALTER DATABASE ${name}_copy RENAME TO ${name}`),
    );
    await before.works();
    expect((await after.read()).status).toBe(401);
    expect(await blocked(before)).toEqual(blockedThen);
    // Fewer entries than had been sealed in the database before.
    await write(before, 3);
    expect(await entries()).toBeLessThan(entriesThen + 40);
    await waitFor(async () => (await unsealed()) === 0, SOON_MS);
    expect(await unsealed()).toBe(0);
  }, 120_000);

  it('also where rows were put back in place, without a connection lost', async () => {
    const traffic = await Traffic.of(product.url);
    await write(traffic, 3);
    await waitFor(async () => (await unsealed()) === 0, SOON_MS);
    await sleep(2500);
    await connected(database.ownerUrl, async (client) => {
      await client.query(`BEGIN; SET LOCAL session_replication_role = replica;
        UPDATE users SET username = 'restored' WHERE username = 'manager';
        DELETE FROM audit_seals; DELETE FROM audit_nodes; DELETE FROM audit_checkpoints; DELETE FROM audit_keys;
        DELETE FROM audit_trail WHERE id > (SELECT min(id) + 5 FROM audit_trail);
        SELECT setval(pg_get_serial_sequence('audit_trail', 'id'), (SELECT max(id) FROM audit_trail)); COMMIT`);
    });
    await waitFor(async () => (await unsealed()) === 0, SOON_MS);
    expect([await unsealed(), await entries()]).toEqual([0, expect.any(Number)]);
    const names = async () => {
      const tasks = await (await traffic.get('/api/tasks?limit=50')).text();
      return [tasks.includes('"restored"'), tasks.includes('"manager"')];
    };
    await waitFor(async () => !(await names())[1], SOON_MS);
    expect(await names()).toEqual([true, false]);
  }, 60_000);
});
