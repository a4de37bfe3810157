import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { connected, newDatabase, type TestDatabase } from '../../support/database.js';
import { startProduct, type Product } from '../../support/product.js';
import { schemaOf } from '../../support/schema.js';

const ROOT = join(__dirname, '../../..');
const ALL = 'last-before-baseline';
const FIRST = 'redacted-requests';
const SETTINGS = {
  SECRET_KEY: 'k'.repeat(40),
  AUDIT_SIGNING_KEY: Buffer.alloc(32, 7).toString('base64'),
  DEMO_DATA: 'false',
  RATE_LIMIT_ENABLED: 'false',
};
const DEMO = { username: 'manager', password: 'trial-demo-2026' };
const SIGNED_UP = { username: 'asha', password: 'Correct-Horse-77-Battery' };

interface Ended {
  readonly code: number;
  readonly text: string;
}

describe('a database from before the baseline', () => {
  let database: TestDatabase;
  let product: Product | undefined;
  let fresh: { names: string[]; schema: string[] };

  beforeAll(async () => {
    database = await newDatabase();
    fresh = { names: await names(), schema: await schemaOf(database.ownerUrl) };
    await database.drop();
  });
  afterEach(async () => {
    await product?.kill();
    product = undefined;
    await database.drop();
  });

  async function restore(state: string) {
    database = await newDatabase('template0');
    const dump = gunzipSync(readFileSync(join(__dirname, `fixtures/${state}.sql.gz`))).toString();
    await connected(database.ownerUrl, (client) => client.query(dump));
  }
  const rows = <R extends object = Record<string, unknown>>(text: string, values: unknown[] = []) =>
    connected(database.ownerUrl, async (client) => (await client.query<R>(text, values)).rows);
  const names = async () =>
    (await rows<{ name: string }>('SELECT name FROM migrations ORDER BY id')).map(({ name }) => name);
  const addresses = () => ({ DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl });

  async function command(...args: [string, ...string[]]): Promise<Ended> {
    const [name, ...rest] = args;
    const env = { ...process.env, ENVIRONMENT: 'test', ...SETTINGS, ...addresses() };
    const script = join(ROOT, `dist/cli/${name}.command.js`);
    const ended = await promisify(execFile)(process.execPath, [script, ...rest], { env, cwd: ROOT }).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    return { code: 'code' in ended ? ended.code : 0, text: (ended.stdout + ended.stderr).trim() };
  }
  const migrate = () => command('migration', 'run');

  /** Tables of the product, with the columns that they have now. */
  const columns = () =>
    rows<{ name: string; list: string }>(
      `SELECT table_name AS name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS list
        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_name NOT IN ('migrations', 'redaction_keys') AND table_name NOT LIKE '%\\_logs\\__%'
        GROUP BY 1`,
    );
  const contents = async (tables: { name: string; list: string }[]) =>
    Object.fromEntries(
      await Promise.all(
        tables.map(async ({ name, list }) => [
          name,
          await rows(`SELECT ${list} FROM ${name} ORDER BY ${name}.*::text`),
        ]),
      ),
    ) as Record<string, object[]>;

  async function serve() {
    product = await startProduct({ ...SETTINGS, ...addresses() }, { database } as Product);
    const { url } = product;
    const call = async (method: string, path: string, body?: object, token = '') => {
      const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
      const answer = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      return { status: answer.status, body: (await answer.json()) as never };
    };
    const login = async (who: object) => {
      const { status, body } = await call('POST', '/api/auth/login', who);
      expect(status).toBe(200);
      return (body as { access: string }).access;
    };
    return { call, login };
  }

  async function assertUsable() {
    const { call, login } = await serve();
    expect(await call('GET', '/health/ready')).toEqual({ status: 200, body: { status: 'ok' } });
    const token = await login(DEMO);
    await login(SIGNED_UP);
    const list = async (query = '') =>
      ((await call('GET', `/api/tasks${query}`, undefined, token)).body as { id: number; title: string }[]).map(
        ({ title }) => title,
      );
    expect(await list()).toHaveLength(10);
    expect(await list('?q=visit%20Pu')).toEqual(['Site visit Pune']);
    const [task] = await rows<{ id: number }>(`SELECT id FROM tasks WHERE title = 'Site visit Pune'`);
    const path = `/api/tasks/${task?.id}`;
    expect((await call('PATCH', path, { title: 'Site visit Mumbai' }, token)).status).toBe(200);
    expect(await list('?q=visit%20Mum')).toEqual(['Site visit Mumbai']);
    expect((await call('GET', `${path}/history`, undefined, token)).status).toBe(200);
    expect((await call('GET', '/api/analytics', undefined, token)).status).toBe(200);
  }

  it.each([ALL, FIRST])(
    'of the state %s is taken over by migration:run: the schema of a new database, every row, a trail that verifies',
    async (state) => {
      await restore(state);
      const tables = await columns();
      const before = await contents(tables);
      expect(before['audit_trail']).toHaveLength(41);
      expect(await migrate()).toMatchObject({ code: 0 });
      expect(await contents(tables)).toEqual(before);
      expect(await names()).toEqual(fresh.names);
      expect(await schemaOf(database.ownerUrl)).toEqual(fresh.schema);
      expect(await rows('SELECT FROM api_audit_logs_other')).toEqual([]);
      expect(await command('verify-audit')).toMatchObject({ code: 0 });
      await assertUsable();
      expect(await command('verify-audit')).toMatchObject({ code: 0 });
    },
    120_000,
  );

  it('is taken over once by replicas that start together', async () => {
    await restore(FIRST);
    const ended = await Promise.all([migrate(), migrate(), migrate()]);
    expect(ended.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await names()).toEqual(fresh.names);
    expect(await schemaOf(database.ownerUrl)).toEqual(fresh.schema);
  }, 120_000);

  it('is taken over by the start of the product', async () => {
    await restore(FIRST);
    await assertUsable();
    expect(await names()).toEqual(fresh.names);
  }, 120_000);

  it('keeps what was derived for columns that are new to it', async () => {
    await restore(FIRST);
    expect(await migrate()).toMatchObject({ code: 0 });
    expect(await rows('SELECT username FROM users WHERE pending')).toEqual([{ username: 'pending' }]);
    expect(await rows(`SELECT critical_given_by FROM tasks WHERE title = 'Site visit Pune'`)).toEqual([
      { critical_given_by: 'manager' },
    ]);
    expect((await rows('SELECT FROM known_devices')).length).toBeGreaterThan(2);
    expect((await rows('SELECT FROM api_audit_logs_2024_01')).length).toBe(2);
    const [next] = await rows<{ free: boolean }>(
      `SELECT nextval('api_audit_logs_id_seq') > (SELECT max(id) FROM api_audit_logs) AS free`,
    );
    expect(next).toEqual({ free: true });
  }, 120_000);

  it('lacks only the steps that it does not record', async () => {
    await restore(FIRST);
    for (const file of ['1765040000000-login-pace', '1765051000000-socket-tickets']) {
      const [digits = '', ...words] = file.split('-');
      const step = readFileSync(join(ROOT, `migrations/takeover/${file}.sql`), 'utf8');
      await connected(database.ownerUrl, (client) => client.query(step));
      await rows('INSERT INTO migrations (timestamp, name) VALUES ($1, $2)', [digits, `${words.join('_')}_${digits}`]);
    }
    expect(await migrate()).toMatchObject({ code: 0 });
    expect(await names()).toEqual(fresh.names);
    expect(await schemaOf(database.ownerUrl)).toEqual(fresh.schema);
  }, 120_000);

  it.each([
    [
      'lacks one of the first migrations',
      `DELETE FROM migrations WHERE name LIKE 'one_name_%'`,
      /lacks one_name_1764860000000\. Migrate it first with the last build .* Nothing was changed\./,
    ],
    [
      'records migrations that are not known',
      `INSERT INTO migrations (timestamp, name) VALUES (1770000000000, 'visits_1770000000000')`,
      /neither this release nor its extensions have: visits_1770000000000\. Put the extension back .* Nothing was changed\./,
    ],
    [
      'records the baseline as well',
      `INSERT INTO migrations (timestamp, name) VALUES (1764000000001, 'tasks_1764000000001')`,
      /beside those that replace them \(tasks_1764000000001\), .* restore it from a backup\. Nothing was changed\./,
    ],
    [
      'is that of another application',
      `TRUNCATE migrations; INSERT INTO migrations (timestamp, name) VALUES (1, 'Init1')`,
      /none of this product's migrations but Init1: .* Name another one in DATABASE_URL .* Nothing was changed\./,
    ],
    [
      'does not have the schema that it records',
      'DROP INDEX users_email_key',
      /cannot be taken over, and nothing was changed: index "users_email_key" does not exist/,
    ],
  ])(
    'that %s is left as it is, with a sentence about what to do',
    async (_, spoil, message) => {
      await restore(FIRST);
      await rows(spoil);
      const before = [await names(), await schemaOf(database.ownerUrl)];
      const { code, text } = await migrate();
      expect([code, text]).toEqual([1, expect.stringMatching(message)]);
      expect([await names(), await schemaOf(database.ownerUrl)]).toEqual(before);
    },
    120_000,
  );
});
