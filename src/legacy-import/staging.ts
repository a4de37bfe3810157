import sql, { raw } from 'sql-template-tag';
import { copyText } from '../core/persistence/copy-text.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { ENTITIES, ENTITIES_WITH_ID, type Entity } from './sources/legacy-source.js';
import { type StagedRow } from './sources/record-reader.js';

/** Characters of rows to collect before they are written. */
const BATCH = 1_000_000;

/** Types by column. `record` is the position in the dump. */
const COLUMNS: Readonly<Record<Entity, Readonly<Record<string, string>>>> = {
  user: {
    record: 'bigint',
    pk: 'bigint',
    username: 'text',
    email: 'text',
    hashed_password: 'text',
    role: 'text',
    timezone: 'text',
    email_verified: 'boolean',
    is_active: 'boolean',
    last_login: 'timestamptz',
    date_joined: 'timestamptz',
    created_at: 'timestamptz',
  },
  profile: { record: 'bigint', user: 'bigint', role: 'text', timezone: 'text' },
  tag: { record: 'bigint', pk: 'bigint', name: 'text' },
  task: {
    record: 'bigint',
    pk: 'bigint',
    title: 'text',
    description: 'text',
    status: 'text',
    priority: 'text',
    assignee: 'bigint',
    creator: 'bigint',
    parent: 'bigint',
    estimated_hours: 'numeric(6,2)',
    actual_hours: 'numeric(6,2)',
    deadline: 'timestamptz',
    priority_escalated: 'boolean',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
  link: { record: 'bigint', task: 'bigint', tag: 'bigint' },
  history: {
    record: 'bigint',
    pk: 'bigint',
    task: 'bigint',
    action: 'text',
    from_status: 'text',
    to_status: 'text',
    timestamp: 'timestamptz',
  },
  notification: {
    record: 'bigint',
    pk: 'bigint',
    user: 'bigint',
    task: 'bigint',
    message: 'text',
    notification_type: 'text',
    read: 'boolean',
    is_delivered: 'boolean',
    created_at: 'timestamptz',
  },
};

/** Names the staging table of an entity, which is dropped with the transaction. */
export const staged = (entity: Entity) => raw(`staged_${entity}`);

/** Columns of the table of names by which records refer to others. */
const KEYS = 'entity text, pk bigint, name text';

interface Waiting {
  readonly copy: string;
  readonly columns: readonly string[];
  rows: string[];
  size: number;
}

/** Copies the rows into temporary tables, so that they are checked and written by set-based SQL in bounded memory. */
export class Staging {
  private readonly waiting: ReadonlyMap<Entity | 'key', Waiting>;
  private writing = Promise.resolve();

  private constructor(private readonly tx: AuditedTransaction) {
    const tables = [...ENTITIES.map((entity) => [entity, Object.keys(COLUMNS[entity])] as const), KEY_TABLE];
    this.waiting = new Map(
      tables.map(([name, columns]) => [name, { copy: copyStatement(name, columns), columns, rows: [], size: 0 }]),
    );
  }

  static async prepare(tx: AuditedTransaction): Promise<Staging> {
    for (const entity of ENTITIES) {
      const columns = Object.entries(COLUMNS[entity]).map(([name, type]) => `"${name}" ${type}`);
      await tx.query(sql`CREATE TEMP TABLE ${staged(entity)} (${raw(columns.join(', '))}) ON COMMIT DROP`);
    }
    await tx.query(sql`CREATE TEMP TABLE staged_key (${raw(KEYS)}) ON COMMIT DROP`);
    // Maps records of the source to records here: `known` from an earlier import, `matched` to an existing one, `new` to
    // be written, whose id is null until it is assigned.
    await tx.query(sql`CREATE TEMP TABLE import_map (entity text COLLATE "C", pk bigint, id bigint, state text,
      record bigint, PRIMARY KEY (entity, pk)) ON COMMIT DROP`);
    return new Staging(tx);
  }

  add(table: Entity | 'key', row: StagedRow): void {
    const waiting = this.waiting.get(table) as Waiting;
    const line = waiting.columns.map((column) => copyText(row[column])).join('\t');
    waiting.rows.push(line);
    waiting.size += line.length;
  }

  /** Writes collected rows once they reach `least` characters, while the next records are read. Call it after every batch. */
  async flush(least = BATCH): Promise<void> {
    for (const waiting of this.waiting.values()) {
      if (waiting.rows.length === 0 || waiting.size < least) continue;
      const text = `${waiting.rows.join('\n')}\n`;
      Object.assign(waiting, { rows: [], size: 0 });
      await this.writing;
      this.writing = this.tx.copy(waiting.copy, text);
      // Prevents an unhandled rejection; the next call that awaits it gets the error.
      this.writing.catch(() => undefined);
    }
  }

  /** Writes the rest. Call it after the last row. */
  async finish(): Promise<void> {
    await this.flush(0);
    await this.writing;
    for (const entity of ENTITIES_WITH_ID) await this.tx.query(sql`CREATE INDEX ON ${staged(entity)} (pk)`);
    await this.tx.query(sql`CREATE INDEX ON ${staged('link')} (task)`);
    for (const entity of ENTITIES) await this.tx.query(sql`ANALYZE ${staged(entity)}`);
  }
}

const KEY_TABLE = ['key', ['entity', 'pk', 'name']] as const;

function copyStatement(name: string, columns: readonly string[]): string {
  return `COPY staged_${name} (${columns.map((column) => `"${column}"`).join(', ')}) FROM STDIN`;
}
