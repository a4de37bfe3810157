import sql from 'sql-template-tag';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { copyText } from '../../core/persistence/copy-text.js';

/** Columns in the order of the values of a row. */
const COLUMNS = {
  users: 'id, username, email, hashed_password, role, timezone, email_verified, date_joined, created_at',
  tags: 'id, name',
  tasks: `id, title, description, status, priority, critical_given_by, assigned_to_id, created_by_id, parent_task_id,
    estimated_hours, actual_hours, deadline, priority_escalated, version, created_at, updated_at, completed_at, deleted_at`,
  task_tags: 'task_id, tag_id',
  deadline_warnings: 'task_id, deadline, warned_at',
  task_history: 'task_id, action, from_status, to_status, changed_by_id, changes, reason, timestamp',
  notifications: 'user_id, task_id, message, notification_type, read, read_at, is_delivered, created_at',
  audit_trail: `occurred_at, actor_id, actor_name, actor_role, action, entity_type, entity_id, entity_version,
    entity_name, entity_updated_at, changes, reason`,
} as const;

export type SampleTable = keyof typeof COLUMNS;

/** Lifts the limits of a transaction that lasts as long as the data is large. */
export async function beginSampleData(tx: AuditedTransaction): Promise<void> {
  await tx.unlimited();
  await tx.query(sql`SET LOCAL idle_in_transaction_session_timeout = 0`);
}

export async function hasRecords(tx: AuditedTransaction): Promise<boolean> {
  const [found] = await tx.query<{ any: boolean }>(
    sql`SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM tags) OR EXISTS (SELECT FROM tasks)
      OR EXISTS (SELECT FROM audit_trail) AS any`,
  );
  return found?.any === true;
}

/** Takes ids for new rows from the sequence of a table. */
export async function reserveIds(tx: AuditedTransaction, table: string, count: number): Promise<number[]> {
  const rows = await tx.query<{ id: number }>(sql`SELECT nextval(pg_get_serial_sequence(${table}, 'id'))::int AS id
    FROM generate_series(1, ${count}::int)`);
  return rows.map(({ id }) => id);
}

/** Returns a row in the text format of COPY; times are ISO 8601. */
export function sampleLine(values: readonly unknown[]): string {
  return values.map((value) => copyText(value instanceof Date ? value.toISOString() : value)).join('\t');
}

/** Names a table of the product with its columns, as COPY does. */
export const copyTarget = (table: SampleTable): string => `${table} (${COLUMNS[table]})`;

/** Adds lines of `sampleLine`, whose values are in the order of the columns of the target. */
export async function copyLines(tx: AuditedTransaction, target: string, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await tx.copy(`COPY ${target} FROM STDIN`, `${lines.join('\n')}\n`);
}

/** Lets the planner know the new rows from the first query on. */
export async function refreshStatistics(tx: AuditedTransaction): Promise<void> {
  await tx.query(sql`SELECT refresh_statistics()`);
}
