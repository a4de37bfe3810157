import sql, { raw } from 'sql-template-tag';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { ENTITIES, ENTITIES_WITH_ID, type Entity } from './sources/legacy-source.js';

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

/** Names a staging table, which is dropped with the transaction. */
export const staged = (table: StagingTable) => raw(`staged_${table}`);

/** Columns of the table of names by which records refer to others. */
const KEY_COLUMNS = { entity: 'text', pk: 'bigint', name: 'text' } as const;

/** A staging table: one for each entity, and `key` for the names by which records refer to others. */
export type StagingTable = Entity | 'key';

const TABLES: Readonly<Record<StagingTable, Readonly<Record<string, string>>>> = { ...COLUMNS, key: KEY_COLUMNS };

/** Columns of every staging table, in the order of its COPY statement. */
export const STAGED_COLUMNS: readonly (readonly [table: StagingTable, columns: readonly string[]])[] = [
  ...ENTITIES,
  'key' as const,
].map((table) => [table, Object.keys(TABLES[table])]);

export async function createStagingTables(tx: AuditedTransaction): Promise<void> {
  for (const [table] of STAGED_COLUMNS) {
    const columns = Object.entries(TABLES[table]).map(([name, type]) => `"${name}" ${type}`);
    await tx.query(sql`CREATE TEMP TABLE ${staged(table)} (${raw(columns.join(', '))}) ON COMMIT DROP`);
  }
  // Maps records of the source to records here: `known` from an earlier import, `matched` to an existing one, `new` to
  // be written, whose id is null until it is assigned.
  await tx.query(sql`CREATE TEMP TABLE import_map (entity text COLLATE "C", pk bigint, id bigint, state text,
      record bigint, PRIMARY KEY (entity, pk)) ON COMMIT DROP`);
}

/** Copies lines of PostgreSQL's text format into a staging table. */
export function copyStaged(tx: AuditedTransaction, table: StagingTable, lines: string): Promise<void> {
  const columns = Object.keys(TABLES[table]).map((column) => `"${column}"`);
  return tx.copy(`COPY staged_${table} (${columns.join(', ')}) FROM STDIN`, lines);
}

/** Creates indexes and statistics. Call it once all rows are staged. */
export async function indexStagingTables(tx: AuditedTransaction): Promise<void> {
  for (const entity of ENTITIES_WITH_ID) await tx.query(sql`CREATE INDEX ON ${staged(entity)} (pk)`);
  await tx.query(sql`CREATE INDEX ON ${staged('link')} (task)`);
  await tx.query(sql`CREATE INDEX ON ${staged('key')} (pk)`);
  for (const [table] of STAGED_COLUMNS) await tx.query(sql`ANALYZE ${staged(table)}`);
}
