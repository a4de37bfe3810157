import { SHORT_TIMEOUTS, DatabaseClient } from '../../core/persistence/database-client.js';
import { isAppendOnlyTable } from './application-role.js';

const SUPERUSER = 'it is a superuser, or may become one';

/**
 * Rejects a role that could change append-only records: by its attributes, ownership, privileges or memberships. An
 * audit trail that its own server can rewrite proves nothing.
 *
 * @throws Error that lists every such power, with instructions
 */
export async function assertLeastPrivilege(url: string): Promise<void> {
  const client = new DatabaseClient({ connectionString: url, ...SHORT_TIMEOUTS });
  await client.connect();
  try {
    const { rows } = await client.query<{ role: string; power: string }>(POWERS_SQL);
    const powers = rows.map(({ power }) => power);
    // It implies all the others.
    const listed = powers.includes(SUPERUSER) ? [SUPERUSER] : powers;
    if (listed.length > 0) throw new Error(explain(rows[0]?.role ?? '', listed));
  } finally {
    await client.end();
  }
}

const explain = (role: string, powers: readonly string[]): string =>
  `The database role "${role}" of DATABASE_URL could change the audit trail, so production does not start with it:
${powers.map((power) => `  - ${power}`).join('\n')}
Let one role own and another one serve: name the owner in DATABASE_OWNER_URL, a role that owns nothing in DATABASE_URL,
and run "npm run migration:run". docs/deployment.md, "Two roles", has the SQL.`;

/**
 * Lists the powers of a role. Memberships count even without INHERIT: a role can switch to any role that it is a
 * member of.
 */
const POWERS_SQL = `WITH self AS (SELECT oid, rolname AS name, rolsuper, rolcreaterole FROM pg_roles WHERE pg_has_role(oid, 'MEMBER')),
  kept AS (SELECT oid, relname AS name, relowner AS owner FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND ${isAppendOnlyTable('relname')}),
  owned AS (
    SELECT 'the database' AS name, datdba AS owner FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'the schema ' || nspname, nspowner FROM pg_namespace WHERE nspname IN ('public', 'pgboss')
    UNION ALL SELECT 'the function ' || proname, proowner FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'the table ' || name, owner FROM kept),
  powers (power) AS (
    SELECT '${SUPERUSER}' WHERE EXISTS (SELECT FROM self WHERE rolsuper)
    UNION ALL SELECT 'it may make roles and give itself theirs (CREATEROLE)' WHERE EXISTS (SELECT FROM self WHERE rolcreaterole)
    UNION ALL SELECT 'it may use files or programs of the server' WHERE EXISTS (
      SELECT FROM self WHERE name IN ('pg_write_server_files', 'pg_execute_server_program'))
    UNION ALL SELECT 'it may turn triggers off (session_replication_role)' WHERE EXISTS (
      SELECT FROM self WHERE has_parameter_privilege(oid, 'session_replication_role', 'SET'))
    UNION ALL SELECT 'it may create schemas in the database' WHERE EXISTS (
      SELECT FROM self WHERE has_database_privilege(oid, current_database(), 'CREATE'))
    UNION ALL SELECT 'it may create objects in the schema public' WHERE EXISTS (
      SELECT FROM self WHERE has_schema_privilege(oid, 'public', 'CREATE'))
    UNION ALL SELECT 'it owns, or may become the owner of, ' || string_agg(DISTINCT owned.name, ', ')
      FROM owned JOIN self ON self.oid = owned.owner HAVING count(*) > 0
    UNION ALL SELECT 'it may read the keys that prove redactions, or change their delay' WHERE EXISTS (
      SELECT FROM self, pg_class c WHERE c.relnamespace = 'public'::regnamespace AND (
        c.relname = 'redaction_keys' AND has_table_privilege(self.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR c.relname = 'redaction_delays' AND has_table_privilege(self.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER')))
    UNION ALL SELECT 'it may change ' || string_agg(DISTINCT kept.name, ', ') FROM kept JOIN self
      ON has_table_privilege(self.oid, kept.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
        OR has_any_column_privilege(self.oid, kept.oid, 'UPDATE') HAVING count(*) > 0)
  SELECT current_user AS role, power FROM powers`;
