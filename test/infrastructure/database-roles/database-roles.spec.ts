import { type Client } from 'pg';
import { anActor, as } from '../../support/actors.js';
import { sql, TestApp } from '../../support/app.js';
import { connected } from '../../support/database.js';

const KEPT = ['audit_trail', 'api_audit_logs', 'task_history'];

const attempt = (client: Client, statement: string): Promise<string> =>
  client.query(statement).then(
    () => 'done',
    (error: { code: string }) => error.code,
  );

describe('the application role', () => {
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

  it('can insert into append-only tables and read them, and nothing else', async () => {
    const tables = await app.rows<{ name: string; column: string }>(sql`SELECT c.relname AS name,
        min(a.attname) FILTER (WHERE a.attidentity = '') AS column
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
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

  it('has no privilege on a partition of the request log', async () => {
    const partitions = await app.rows<{ name: string }>(
      sql`SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'api_audit_logs'::regclass`,
    );
    expect(partitions.length).toBeGreaterThan(3);
    await connected(app.url, async (client) => {
      for (const { name } of partitions)
        for (const statement of [
          `SELECT * FROM ${name}`,
          `INSERT INTO ${name} SELECT * FROM api_audit_logs`,
          `UPDATE ${name} SET path = path`,
          `DELETE FROM ${name}`,
          `TRUNCATE ${name}`,
          `ALTER TABLE api_audit_logs DETACH PARTITION ${name}`,
          `DROP TABLE ${name}`,
        ])
          expect([statement, await attempt(client, statement)]).toEqual([statement, '42501']);
      expect(await attempt(client, `SELECT make_request_log_partition('2001-01-01')`)).toBe('42501');
    });
  });

  it('finds no way to escalate', async () => {
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

  it('has more rights only through functions that cannot be misled and that no other role may call', async () => {
    const lent = await app.rows<{ name: string; config: string[]; open: boolean }>(sql`
      SELECT proname AS name, proconfig AS config, EXISTS (
        SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0) AS open
      FROM pg_proc WHERE prosecdef AND pronamespace IN ('public'::regnamespace, 'pgboss'::regnamespace) ORDER BY 1`);
    expect(lent.map(({ name }) => name)).toEqual(expect.arrayContaining(['create_queue', 'refresh_statistics']));
    // A temporary table would come before what the owner meant, were it not last on the path.
    const misled = lent.filter(({ config }) => !config?.some((line) => /^search_path=.*, pg_temp$/.test(line)));
    expect([misled, lent.filter(({ open }) => open)]).toEqual([[], []]);
  });

  it('has exactly these privileges', async () => {
    const more = await app.rows(sql`SELECT c.oid::regclass::text AS name FROM pg_class c, aclexplode(c.relacl) a
      WHERE a.grantee IN (0, 'ctms_test_app'::regrole) AND (a.privilege_type IN ('TRUNCATE', 'TRIGGER', 'REFERENCES')
        OR a.is_grantable) AND c.relnamespace IN ('public'::regnamespace, 'pgboss'::regnamespace)`);
    expect(more).toEqual([]);
  });
});
