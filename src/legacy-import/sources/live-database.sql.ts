import { type Client } from 'pg';
import Cursor from 'pg-cursor';
import sql from 'sql-template-tag';

const BATCH = 2000;

/** Identifies one database of one running server. */
export const SERVER_IDENTITY = sql`SELECT extract(epoch FROM pg_postmaster_start_time())::text || '/' || oid AS identity
  FROM pg_database WHERE datname = current_database()`;

/** Begins a transaction that reads one snapshot for as long as it takes, with times in UTC. */
export async function beginSnapshot(client: Client): Promise<void> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query('SET LOCAL statement_timeout = 0');
  await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
  await client.query("SET LOCAL TimeZone = 'UTC'");
}

/** Names the installation across restarts of the server; by the database name where the server does not permit more. */
export async function installationName(client: Client): Promise<string> {
  try {
    const { rows } = await client.query<{ name: string }>(`SELECT system_identifier || '/' || oid AS name
      FROM pg_control_system(), pg_database WHERE datname = current_database()`);
    return rows[0]?.name as string;
  } catch {
    return (client.database ?? '').slice(0, 50);
  }
}

/** Checks the search path for a table. */
export async function hasTable(client: Client, table: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table]);
  return rows[0]?.there ?? false;
}

/** Returns the columns of a table; none where there is no such table. */
export async function tableColumns(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped',
    [table],
  );
  return rows.map(({ name }) => name);
}

/** Streams rows as JSON objects, ordered by id where there is one, in batches. */
export async function* readTable(
  client: Client,
  table: string,
  columns: readonly string[],
): AsyncGenerator<Record<string, unknown>[]> {
  const list = columns.map((column) => `"${column}"`).join(', ');
  const order = columns.includes('id') ? ' ORDER BY id' : '';
  const statement = `SELECT to_json(r) AS fields FROM (SELECT ${list} FROM "${table}"${order}) r`;
  const cursor = client.query(new Cursor<{ fields: Record<string, unknown> }>(statement));
  for (let rows = await cursor.read(BATCH); rows.length > 0; rows = await cursor.read(BATCH)) {
    yield rows.map(({ fields }) => fields);
  }
}

/** Lists the other tables of the schema in which a table stands. */
export async function tablesBeside(
  client: Client,
  table: string,
  known: readonly string[],
): Promise<{ name: string; readable: boolean }[]> {
  const { rows } = await client.query<{ name: string; readable: boolean }>(
    `SELECT relname AS name, has_table_privilege(oid, 'SELECT') AS readable FROM pg_class
     WHERE relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL($1)
       AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass($2)) ORDER BY relname`,
    [known, table],
  );
  return rows;
}

export async function countRows(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${client.escapeIdentifier(table)}`);
  return Number(rows[0]?.n);
}
