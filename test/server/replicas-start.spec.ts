import { randomBytes } from 'node:crypto';
import { administer, connected, newDatabase, type TestDatabase } from '../support/database.js';
import { startProduct, type Product } from '../support/product.js';

interface Found {
  readonly usernames: string[];
  readonly tasks: number;
  readonly titles: number;
  readonly queues: number;
}

/** Counts what replicas create when they start. */
const FOUND = `SELECT (SELECT array_agg(username ORDER BY username) FROM users) AS usernames,
  (SELECT count(*)::int FROM tasks) AS tasks, (SELECT count(DISTINCT title)::int FROM tasks) AS titles, (SELECT count(*)::int FROM pgboss.queue) AS queues`;

/** It works on no job, so that its queues can be deleted. */
const IDLE = { JOBS_ENABLED: 'false' };

describe('Replicas that start at once', () => {
  const role = `serves_${randomBytes(4).toString('hex')}`;
  let database: TestDatabase;
  const running: Product[] = [];

  beforeAll(async () => {
    const empty = await newDatabase('template0');
    const url = new URL(empty.ownerUrl);
    Object.assign(url, { username: role, password: 'not-made-yet' });
    database = { ...empty, url: url.href };
  });
  afterAll(async () => {
    await Promise.all(running.map((product) => product.stop()));
    await database.drop();
    await administer(`DROP ROLE IF EXISTS ${role}`);
  });

  const start = async (env: Record<string, string> = {}) => {
    const product = await startProduct({ DATABASE_OWNER_URL: database.ownerUrl, ...env }, { database } as Product);
    running.push(product);
    return product;
  };
  const found = () =>
    connected(database.ownerUrl, async (client) => (await client.query<Found>(FOUND)).rows[0] as Found);

  it('all come up on an empty database, and create the role, the schema, the queues and the demo data once', async () => {
    const waiting = start({ ...IDLE, RUN_MIGRATIONS: 'false', DATABASE_OWNER_URL: '' });
    const products = await Promise.all([waiting, start(IDLE), start(IDLE)]);
    for (const { url, output } of products) {
      expect([url, await (await fetch(`${url}/health/ready`)).json()]).toEqual([url, { status: 'ok' }]);
      expect(output()).not.toMatch(/deadlock|duplicate|concurrently/);
    }
    const { usernames, tasks, titles } = await found();
    expect(usernames).toEqual(['auditor', 'developer', 'manager']);
    // Each task of the demo has a title of its own; extensions add some.
    expect([tasks > 7, tasks]).toEqual([true, titles]);
  }, 180_000);

  it('come up without demo data between the migration and the grants to their role', async () => {
    const grants = (statement: string) => connected(database.ownerUrl, (client) => client.query(statement));
    await grants(`REVOKE ALL ON users FROM ${role}`);
    const { output } = await start({ ...IDLE, RUN_MIGRATIONS: 'false', DATABASE_OWNER_URL: '' });
    expect(output()).toContain('There is no demo data, for the database is not migrated yet');
    await grants(`GRANT SELECT, INSERT, UPDATE, DELETE ON users TO ${role}`);
  }, 180_000);

  it('all come up beside a running one where their release has more queues', async () => {
    const { queues } = await found();
    expect(queues).toBeGreaterThan(8);
    await connected(database.ownerUrl, (client) =>
      client.query(
        'SELECT pgboss.delete_queue(name) FROM pgboss.queue WHERE name > (SELECT min(name) FROM pgboss.queue)',
      ),
    );
    const products = await Promise.all([start(), start({ RUN_MIGRATIONS: 'false' })]);
    for (const { output } of products) expect(output()).not.toMatch(/deadlock|duplicate|concurrently/);
    expect(await found()).toMatchObject({ queues, usernames: ['auditor', 'developer', 'manager'] });
  }, 180_000);
});
