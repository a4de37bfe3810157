import { type Client } from 'pg';
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
import {
  beginSnapshot,
  tableColumns,
  countRows,
  hasTable,
  installationName,
  readTable,
  SERVER_IDENTITY,
  tablesBeside,
} from './live-database.sql.js';
import { knownNames, missingNames } from './legacy-fields.js';

const CONNECT_TIMEOUT = 10_000;

type Names = Readonly<Record<Entity, string>>;

const TABLES: Readonly<Record<'django' | 'fastapi', Names>> = {
  django: {
    user: 'users_user',
    profile: 'users_profile',
    tag: 'tasks_tag',
    task: 'tasks_task',
    link: 'tasks_task_tags',
    history: 'tasks_taskhistory',
    notification: 'notifications_notification',
  },
  fastapi: {
    user: 'users',
    profile: 'user_profiles',
    tag: 'tags',
    task: 'tasks',
    link: 'task_tags',
    history: 'task_history',
    notification: 'notifications',
  },
};

/** Columns that identify this product's audit trail; the source may have another table of that name. */
const OWN_TRAIL = ['occurred_at', 'actor_name', 'actor_role', 'entity_type', 'entity_version', 'changes'];

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
      await beginSnapshot(client);
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

  takeUnreadable(): Unreadable[] {
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
    for await (const rows of readTable(this.client, this.models[entity], columns)) {
      yield rows.map((fields) => ({ entity, pk: fields.id, fields }));
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

async function kindOf(client: Client): Promise<keyof typeof TABLES> {
  const trail = await tableColumns(client, 'audit_trail');
  if (OWN_TRAIL.every((column) => trail.includes(column))) {
    throw new Error('The source is a database of this product already (it has a table audit_trail)');
  }
  const django = (await hasTable(client, 'users_user')) && (await hasTable(client, 'tasks_task'));
  const fastapi = (await hasTable(client, 'users')) && (await hasTable(client, 'tasks'));
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
    const present = await tableColumns(client, tables[entity]);
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

async function otherTables(client: Client, tables: Names): Promise<SkippedModel[]> {
  const found: SkippedModel[] = [];
  for (const { name, readable } of await tablesBeside(client, tables.user, Object.values(tables))) {
    found.push(skippedModel(name, readable ? await countRows(client, name) : null));
  }
  return found;
}
