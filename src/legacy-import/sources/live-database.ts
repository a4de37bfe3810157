import { type Client } from 'pg';
import Cursor from 'pg-cursor';
import sql from 'sql-template-tag';
import { DatabaseClient } from '../../core/persistence/database-client.js';
import {
  ENTITIES,
  skippedModel,
  type Entity,
  type LegacyRecord,
  type LegacySource,
  type SkippedModel,
  type Unreadable,
} from './legacy-source.js';
import { knownNames, missingNames } from './record-reader.js';

const BATCH = 2000;
const CONNECT_TIMEOUT = 10_000;

type Names = Readonly<Record<Entity, string>>;

const TABLES: Readonly<Record<'django' | 'fastapi', Names>> = {
  django: {
    ...{ user: 'users_user', profile: 'users_profile', tag: 'tasks_tag', task: 'tasks_task', link: 'tasks_task_tags' },
    ...{ history: 'tasks_taskhistory', notification: 'notifications_notification' },
  },
  fastapi: {
    ...{ user: 'users', profile: 'user_profiles', tag: 'tags', task: 'tasks', link: 'task_tags' },
    ...{ history: 'task_history', notification: 'notifications' },
  },
};

/** Columns that identify this product's audit trail; the source may have another table of that name. */
const OWN_TRAIL = ['occurred_at', 'actor_name', 'actor_role', 'entity_type', 'entity_version', 'changes'];

/** Identifies one database of one running server. */
export const SERVER_IDENTITY = sql`SELECT extract(epoch FROM pg_postmaster_start_time())::text || '/' || oid AS identity
  FROM pg_database WHERE datname = current_database()`;

/** Reads one snapshot of the database of a replaced installation, which may still be running. */
export class LiveDatabase implements LegacySource {
  private others: SkippedModel[] = [];

  private constructor(
    private readonly client: Client,
    readonly name: string,
    readonly models: Names,
    private readonly columns: ReadonlyMap<Entity, readonly string[]>,
  ) {}

  /**
   * @param url as configured in the replaced system; `postgresql+asyncpg://…` is accepted
   * @param target identity of the database that is imported into
   * @throws Error where it cannot be reached, is the target itself, or lacks tables or columns
   */
  static async open(url: string, target: string, name?: string): Promise<LiveDatabase> {
    const client = await connected(url);
    try {
      const { rows } = await client.query<{ identity: string }>(SERVER_IDENTITY);
      if (rows[0]?.identity === target) throw new Error('The source is the very database that is imported into');
      const stableName = await installationName(client);
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      await client.query('SET LOCAL statement_timeout = 0');
      await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
      await client.query("SET LOCAL TimeZone = 'UTC'");
      const kind = await kindOf(client);
      return new LiveDatabase(
        client,
        name ?? `${kind}:${stableName}`,
        TABLES[kind],
        await readableColumnsOrThrow(client, TABLES[kind]),
      );
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  async *records(): AsyncGenerator<LegacyRecord[]> {
    this.others = await otherTables(this.client, this.models);
    for (const entity of ENTITIES) yield* this.recordsOf(entity);
  }

  skipped(): SkippedModel[] {
    return this.others;
  }

  unreadable(): readonly Unreadable[] {
    return [];
  }

  sha256(): undefined {
    return undefined;
  }

  progress(): undefined {
    return undefined;
  }

  close(): Promise<void> {
    return this.client.end();
  }

  private async *recordsOf(entity: Entity): AsyncGenerator<LegacyRecord[]> {
    const columns = this.columns.get(entity) ?? [];
    if (columns.length === 0) return;
    const list = columns.map((column) => `"${column}"`).join(', ');
    const order = columns.includes('id') ? ' ORDER BY id' : '';
    const statement = `SELECT to_json(r) AS fields FROM (SELECT ${list} FROM "${this.models[entity]}"${order}) r`;
    const cursor = this.client.query(new Cursor<{ fields: Record<string, unknown> }>(statement));
    for (let rows = await cursor.read(BATCH); rows.length > 0; rows = await cursor.read(BATCH)) {
      yield rows.map(({ fields }) => ({ entity, pk: fields.id, fields }));
    }
  }
}

async function connected(given: string): Promise<Client> {
  const url = given.replace(/^(postgres(?:ql)?)\+\w+:/, '$1:');
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error('The address of the source must look like postgres://user:password@host:5432/database');
  }
  const client = new DatabaseClient({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: 'legacy import',
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    throw new Error(`The source database cannot be reached: ${message || code}`, { cause: error });
  }
}

/** Names the installation across restarts of the server; by the database name where the server does not permit more. */
async function installationName(client: Client): Promise<string> {
  try {
    const { rows } = await client.query<{ name: string }>(`SELECT system_identifier || '/' || oid AS name
      FROM pg_control_system(), pg_database WHERE datname = current_database()`);
    return rows[0]?.name as string;
  } catch {
    return (client.database ?? '').slice(0, 50);
  }
}

async function kindOf(client: Client): Promise<keyof typeof TABLES> {
  const has = async (table: string) =>
    (await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table])).rows[0]?.there;
  const trail = await columnsOf(client, 'audit_trail');
  if (OWN_TRAIL.every((column) => trail.includes(column))) {
    throw new Error('The source is a database of this product already (it has a table audit_trail)');
  }
  const django = (await has('users_user')) && (await has('tasks_task'));
  const fastapi = (await has('users')) && (await has('tasks'));
  if (django && fastapi)
    throw new Error('The source has the tables of both replaced systems: import from a copy of one');
  if (!django && !fastapi) {
    throw new Error(
      'The source has neither users_user and tasks_task (Django) nor users and tasks (FastAPI) on its search path',
    );
  }
  return django ? 'django' : 'fastapi';
}

/** Returns the columns to read, by entity. @throws Error that names every missing table and column */
async function readableColumnsOrThrow(client: Client, tables: Names): Promise<Map<Entity, string[]>> {
  const columns = new Map<Entity, string[]>();
  const wanting: string[] = [];
  for (const entity of ENTITIES) {
    const present = await columnsOf(client, tables[entity]);
    const names = ['id', ...knownNames(entity)].filter((name) => present.includes(name));
    columns.set(entity, names);
    if (entity === 'profile' && missingNames(entity, names).length > 0) columns.set(entity, []);
    else if (present.length === 0) wanting.push(`table ${tables[entity]}`);
    else {
      const missing = [
        ...(entity === 'link' || entity === 'profile' || names.includes('id') ? [] : ['id']),
        ...missingNames(entity, names),
      ];
      wanting.push(...missing.map((name) => `column ${tables[entity]}.${name}`));
    }
  }
  if (wanting.length > 0) throw new Error(`The source lacks: ${wanting.join(', ')}`);
  return columns;
}

/** Returns none where there is no such table. */
async function columnsOf(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped',
    [table],
  );
  return rows.map(({ name }) => name);
}

async function otherTables(client: Client, tables: Names): Promise<SkippedModel[]> {
  const { rows } = await client.query<{ name: string; readable: boolean }>(
    `SELECT relname AS name, has_table_privilege(oid, 'SELECT') AS readable FROM pg_class
     WHERE relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL($1)
       AND relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = to_regclass($2)) ORDER BY relname`,
    [Object.values(tables), tables.user],
  );
  const found: SkippedModel[] = [];
  for (const { name, readable } of rows) {
    const count = readable
      ? await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${client.escapeIdentifier(name)}`)
      : null;
    found.push(skippedModel(name, count && Number(count.rows[0]?.n)));
  }
  return found;
}
