import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { loadConfig } from '../../../src/core/config/load-config.js';
import { migrate } from '../../../src/infrastructure/database/data-source.js';
import { assertLeastPrivilege } from '../../../src/infrastructure/database-roles/role-check.js';
import { administer, connected, newDatabase, type TestDatabase } from '../../support/database.js';
import { dumpFile, DUMP } from '../../support/legacy.js';
import { waitFor } from '../../support/wait-for.js';
import { startProduct } from '../../support/product.js';

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
      await command('dist/cli/import-legacy.command.js', '--from', 'django-json', dumpFile(DUMP));
      const made = await command(
        'dist/cli/create-user.command.js',
        ...['--username', 'asha', '--email', 'a@x.org', '--role', 'manager'],
      );
      expect(JSON.parse(made.stdout)).toMatchObject({ id: 8, username: 'asha' });
      const waiting = `SELECT q.name FROM pgboss.queue q
        WHERE q.policy = 'short' AND NOT EXISTS (SELECT FROM pgboss.job j WHERE j.name = q.name AND j.state = 'completed')`;
      await connected(ownerUrl, async (client) => {
        await waitFor(async () => (await client.query(waiting)).rowCount === 0, 60_000);
        expect((await client.query(waiting)).rows).toEqual([]);
      });
      expect(product.output()).not.toContain('permission denied');
    } finally {
      await product.stop();
    }
  }, 180_000);

  it('brings a database over that one role made, owned and served', async () => {
    await migrate(config, { url: ownerUrl, ownerUrl, close: async () => undefined });
    await administer(`CREATE ROLE ${application} LOGIN PASSWORD 'p@ss/wörd'`);
    await migrate(config, { url, ownerUrl, close: async () => undefined });
    await expect(assertLeastPrivilege(url)).resolves.toBeUndefined();
    // Nothing to migrate: the role that serves may find that out.
    expect(await migrate(config, { url, ownerUrl: url, close: async () => undefined })).toEqual([]);
  });

  it('gets a remedy where it may not create roles, and the serving role where it may not migrate', async () => {
    await administer(`ALTER ROLE ${owner} NOCREATEROLE`);
    const both = { url, ownerUrl, close: async () => undefined };
    await expect(migrate(config, both)).rejects.toThrow(/have an administrator run CREATE ROLE "serves_\w+" LOGIN/);
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
      await expect(assertLeastPrivilege(url)).rejects.toThrow(new RegExp(power));
      await inside(take);
      await expect(assertLeastPrivilege(url)).resolves.toBeUndefined();
    }
  }, 60_000);
});
