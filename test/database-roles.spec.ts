import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { loadConfig } from '../src/config/config.js';
import { migrate } from '../src/database/data-source.js';
import { refusePowerfulRole } from '../src/database/role-check.js';
import { anActor, as } from './support/actors.js';
import { sql, TestApp } from './support/app.js';
import { administer, newDatabase, type TestDatabase } from './support/database.js';
import { dumpFile, DUMP } from './support/legacy.js';
import { until } from './support/live.js';
import { startProduct } from './support/product.js';

const KEPT = ['audit_trail', 'api_audit_logs', 'task_history'];

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const attempt = (client: Client, statement: string): Promise<string> =>
  client.query(statement).then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

describe('the role that serves', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
    const manager = await anActor(app, 'manager');
    const given = { title: 'T', estimated_hours: 1, deadline: '2100-01-01', assigned_to: manager.id };
    const { id } = (await as(manager).post('/api/tasks', given)).body as { id: number };
    await as(manager).patch(`/api/tasks/${id}`, { status: 'blocked' });
    await app.flushed();
  });
  afterAll(() => app.stop());

  it('adds to what is kept and reads it, and can do nothing else to it', async () => {
    const tables = await app.rows<{ name: string; column: string }>(sql`SELECT c.relname AS name,
        min(a.attname) FILTER (WHERE a.attidentity = '') AS column
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND (c.relname LIKE ${'audit\\_%'} OR c.relname = ANY(${KEPT})) GROUP BY 1`);
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(KEPT));
    await connected(app.url, async (client) => {
      for (const { name: table, column } of tables) {
        await client.query(`SELECT * FROM ${table}`);
        for (const statement of [
          `UPDATE ${table} SET ${column} = ${column}`,
          `DELETE FROM ${table}`,
          `TRUNCATE ${table} CASCADE`,
          `SELECT * FROM ${table} FOR UPDATE`,
          `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
          `ALTER TABLE ${table} DISABLE TRIGGER USER`,
          `ALTER TABLE ${table} ADD COLUMN more text`,
          `ALTER TABLE ${table} RENAME TO other`,
          `ALTER TABLE ${table} OWNER TO CURRENT_USER`,
          `DROP TABLE ${table} CASCADE`,
          `CREATE RULE forget AS ON INSERT TO ${table} DO INSTEAD NOTHING`,
          `CREATE TRIGGER forget BEFORE INSERT ON ${table} EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
        ])
          expect([statement, await attempt(client, statement)]).toEqual([statement, '42501']);
      }
      for (const table of KEPT)
        expect(Number((await client.query(`SELECT * FROM ${table}`)).rowCount)).toBeGreaterThan(0);
    });
  });

  it('finds no way round', async () => {
    const ways = [
      'SET session_replication_role = replica',
      'SET ROLE postgres',
      'CREATE TABLE public.mine ()',
      'CREATE SCHEMA mine',
      'CREATE TABLE pgboss.mine ()',
      'CREATE OR REPLACE FUNCTION refuse_change_of_records() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
      'ALTER FUNCTION refuse_change_of_records() RENAME TO other',
      'ALTER FUNCTION pgboss.create_queue(text, json) RESET ALL',
      'CREATE TRIGGER mine AFTER INSERT ON pgboss.queue EXECUTE FUNCTION suppress_redundant_updates_trigger()',
      'DROP TRIGGER audit_trail_is_kept ON audit_trail',
      `SELECT setval('audit_trail_id_seq', 1)`,
      `INSERT INTO migrations (timestamp, name) VALUES (1, 'x')`,
      'DELETE FROM migrations',
      'ALTER ROLE CURRENT_USER SUPERUSER',
      'CREATE ROLE mine',
      `COPY tasks TO PROGRAM 'cat'`,
      `SELECT pg_read_file('PG_VERSION')`,
      `ALTER DATABASE ${new URL(app.url).pathname.slice(1)} SET session_replication_role = replica`,
    ];
    await connected(app.url, async (client) => {
      for (const way of ways)
        expect([way, await attempt(client, way)]).toEqual([way, expect.stringMatching(/^42501$/)]);
    });
  });

  it('is lent rights by functions that nobody can mislead, and that nobody else may call', async () => {
    const lent = await app.rows<{ name: string; config: string[]; open: boolean }>(sql`
      SELECT proname AS name, proconfig AS config, EXISTS (
        SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0) AS open
      FROM pg_proc WHERE prosecdef AND pronamespace IN ('public'::regnamespace, 'pgboss'::regnamespace) ORDER BY 1`);
    expect(lent.map(({ name }) => name)).toEqual(expect.arrayContaining(['create_queue', 'refresh_statistics']));
    // A temporary table would come before what the owner meant, were it not last on the path.
    const misled = lent.filter(({ config }) => !config?.some((line) => /^search_path=.*, pg_temp$/.test(line)));
    expect([misled, lent.filter(({ open }) => open)]).toEqual([[], []]);
  });

  it('has no more rights than these', async () => {
    const more = await app.rows(sql`SELECT c.oid::regclass::text AS name FROM pg_class c, aclexplode(c.relacl) a
      WHERE a.grantee IN (0, 'ctms_test_app'::regrole) AND (a.privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES')
        OR a.is_grantable) AND c.relnamespace IN ('public'::regnamespace, 'pgboss'::regnamespace)`);
    expect(more).toEqual([]);
  });
});

describe('an owner who is no superuser', () => {
  const suffix = Date.now().toString(36);
  const [owner, application] = [`owner_${suffix}`, `serves_${suffix}`];
  let database: TestDatabase;
  let url: string;
  let ownerUrl: string;
  const config = loadConfig({});

  const addressOf = (name: string) =>
    Object.assign(new URL(database.url), { username: name, password: 'p@ss/wörd' }).href;

  beforeEach(async () => {
    database = await newDatabase('template1');
    await administer(`CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD 'p@ss/wörd'`);
    await administer(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} OWNER TO ${owner}`);
    [ownerUrl, url] = [addressOf(owner), addressOf(application)];
  });
  afterEach(async () => {
    await database.drop();
    await administer(`DROP ROLE IF EXISTS ${application}, other_${suffix}, ${owner}`);
  });

  const PRODUCTION = {
    ENVIRONMENT: 'production',
    SECRET_KEY: 'b8Xv2Qm5Zr9Kt4Wn7Lp1Hd6Fs3Gj0Yc8Ae5Ru2',
    LOG_LEVEL: 'info',
  };

  it('makes the role that serves, which production takes: for requests, jobs and commands', async () => {
    const product = await startProduct({ ...PRODUCTION, DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl });
    try {
      expect((await fetch(`${product.url}/health/ready`)).status).toBe(200);
      const env = { ...process.env, ...PRODUCTION, DATABASE_URL: url, DATABASE_OWNER_URL: '', RUN_MIGRATIONS: 'false' };
      const command = (...args: string[]) => promisify(execFile)(process.execPath, args, { env });
      await command('dist/legacy/import-legacy.command.js', '--from', 'django-json', dumpFile(DUMP));
      const made = await command(
        'dist/users/create-user.command.js',
        ...['--username', 'asha', '--email', 'a@x.org', '--role', 'manager'],
      );
      expect(JSON.parse(made.stdout)).toMatchObject({ id: 8, username: 'asha' });
      const waiting = `SELECT s.name FROM pgboss.schedule s
        WHERE NOT EXISTS (SELECT FROM pgboss.job j WHERE j.name = s.name AND j.state = 'completed')`;
      await connected(ownerUrl, async (client) => {
        await until(async () => (await client.query(waiting)).rowCount === 0, 10_000);
        expect((await client.query(waiting)).rows).toEqual([]);
      });
      expect(product.output()).not.toContain('permission denied');
    } finally {
      await product.stop();
    }
  }, 60_000);

  it('brings a database over that one role made, owned and served', async () => {
    await migrate(config, { url: ownerUrl, ownerUrl, close: async () => undefined });
    await administer(`CREATE ROLE ${application} LOGIN PASSWORD 'p@ss/wörd'`);
    await migrate(config, { url, ownerUrl, close: async () => undefined });
    await expect(refusePowerfulRole(url)).resolves.toBeUndefined();
    // Nothing to migrate: the role that serves may find that out.
    expect(await migrate(config, { url, ownerUrl: url, close: async () => undefined })).toEqual([]);
  });

  it('is told what to do where it may not make roles, and the role that serves where it may not migrate', async () => {
    await administer(`ALTER ROLE ${owner} NOCREATEROLE`);
    const both = { url, ownerUrl, close: async () => undefined };
    await expect(migrate(config, both)).rejects.toThrow(/let an administrator say CREATE ROLE "serves_\w+" LOGIN/);
    await administer(`CREATE ROLE ${application} LOGIN PASSWORD 'p@ss/wörd'`);
    await expect(migrate(config, { ...both, ownerUrl: url })).rejects.toThrow(/owner's address in DATABASE_OWNER_URL/);
    expect((await migrate(config, both)).length).toBeGreaterThan(2);
  });

  it('does not serve in production, and neither does any role that could take its place', async () => {
    await administer(`CREATE ROLE ${application} LOGIN PASSWORD 'p@ss/wörd'`);
    await migrate(config, { url, ownerUrl, close: async () => undefined });
    const started = startProduct({ ...PRODUCTION, DATABASE_URL: ownerUrl });
    await expect(started).rejects.toThrow(/ended with 1:\n[^]*could change the audit trail[^]*CREATEROLE[^]*Two roles/);
    await administer(`CREATE ROLE other_${suffix} NOINHERIT`);
    const inside = (statement: string) => connected(database.ownerUrl, (client) => client.query(statement));
    for (const [give, take, power] of [
      [`ALTER ROLE ${application} SUPERUSER`, `ALTER ROLE ${application} NOSUPERUSER`, 'it is a superuser'],
      [`ALTER ROLE ${application} CREATEROLE`, `ALTER ROLE ${application} NOCREATEROLE`, 'CREATEROLE'],
      [`GRANT ${owner} TO ${application}`, `REVOKE ${owner} FROM ${application}`, 'become the owner of, .*audit_trail'],
      [
        `GRANT pg_write_all_data TO ${application}`,
        `REVOKE pg_write_all_data FROM ${application}`,
        'change api_audit_logs',
      ],
      [
        `GRANT pg_execute_server_program TO ${application}`,
        `REVOKE pg_execute_server_program FROM ${application}`,
        'programs',
      ],
      [`GRANT DELETE ON audit_trail TO PUBLIC`, 'REVOKE DELETE ON audit_trail FROM PUBLIC', 'change audit_trail'],
      [
        `GRANT UPDATE (reason) ON task_history TO ${application}`,
        `REVOKE UPDATE (reason) ON task_history FROM ${application}`,
        'change task_history',
      ],
      [
        `GRANT CREATE ON SCHEMA public TO PUBLIC`,
        'REVOKE CREATE ON SCHEMA public FROM PUBLIC',
        'objects in the schema public',
      ],
      [
        `GRANT SET ON PARAMETER session_replication_role TO ${application}`,
        `REVOKE SET ON PARAMETER session_replication_role FROM ${application}`,
        'triggers off',
      ],
      [
        `GRANT TRIGGER ON audit_trail TO other_${suffix}; GRANT other_${suffix} TO ${application}`,
        `REVOKE other_${suffix} FROM ${application}; DROP OWNED BY other_${suffix}`,
        'change audit_trail',
      ],
    ] as const) {
      await inside(give);
      await expect(refusePowerfulRole(url)).rejects.toThrow(new RegExp(power));
      await inside(take);
      await expect(refusePowerfulRole(url)).resolves.toBeUndefined();
    }
  }, 60_000);
});
