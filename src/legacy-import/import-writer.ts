import sql, { raw, type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type ImportFindings } from './sources/import-findings.js';
import { type LegacySource, type EntityWithId } from './sources/legacy-source.js';
import { staged } from './staging.js';

/** A staging table with the ids that its new records get. */
const fresh = (entity: EntityWithId): Sql => sql`${staged(entity)} s
  JOIN import_map m ON m.entity = ${entity} AND m.pk = s.pk AND m.state = 'new'`;

/** What a reference of the source is here; references were checked, so each finds its record. */
const mapped = (entity: EntityWithId, column: string): Sql =>
  sql`(SELECT r.id FROM import_map r WHERE r.entity = ${entity} AND r.pk = ${raw(`s."${column}"`)})`;

/** Writes what is new, a statement for each table. The records have their ids. */
export async function writeRecords(tx: AuditedTransaction, source: string): Promise<void> {
  await tx.query(usersSql(tx.now));
  await tx.query(sql`INSERT INTO tags (id, name) SELECT m.id, s.name FROM ${fresh('tag')} ORDER BY m.id`);
  await tx.query(tasksSql());
  await tx.query(sql`INSERT INTO task_history (id, task_id, action, from_status, to_status, timestamp)
    SELECT m.id, ${mapped('task', 'task')}, s.action, s.from_status, s.to_status, s.timestamp
    FROM ${fresh('history')} ORDER BY m.id`);
  await tx.query(notificationsSql(tx.now));
  await tx.query(sql`INSERT INTO legacy_ids (source, entity, legacy_id, id)
    SELECT ${source}, entity, pk, id FROM import_map WHERE state <> 'known'`);
}

function usersSql(now: Date): Sql {
  return sql`INSERT INTO users (id, username, email, hashed_password, role, timezone, email_verified, is_active,
      last_login, date_joined, created_at)
    SELECT m.id, s.username, s.email, s.hashed_password, s.role, s.timezone, s.email_verified, s.is_active, s.last_login,
      coalesce(s.date_joined, ${now}), coalesce(s.created_at, ${now})
    FROM ${fresh('user')} ORDER BY m.id`;
}

/** A task was completed when its history says so last; where that is silent, when it was changed last. */
function tasksSql(): Sql {
  return sql`INSERT INTO tasks (id, title, description, status, priority, assigned_to_id, created_by_id, parent_task_id,
      estimated_hours, actual_hours, deadline, priority_escalated, created_at, updated_at, completed_at)
    SELECT m.id, s.title, s.description, s.status, s.priority, ${mapped('user', 'assignee')}, ${mapped('user', 'creator')},
      ${mapped('task', 'parent')}, s.estimated_hours, s.actual_hours, s.deadline, s.priority_escalated, s.created_at,
      s.updated_at, CASE WHEN s.status = 'completed' THEN coalesce(h.completed_at, s.updated_at) END
    FROM ${fresh('task')} LEFT JOIN (
      SELECT task, max(timestamp) AS completed_at FROM staged_history WHERE to_status = 'completed' GROUP BY task
    ) h ON h.task = s.pk ORDER BY m.id`;
}

/** When a read one was read is not known; as of now, it is kept as long as one that is read now. */
function notificationsSql(now: Date): Sql {
  return sql`INSERT INTO notifications (id, user_id, task_id, message, notification_type, read, read_at, is_delivered,
      created_at)
    SELECT m.id, ${mapped('user', 'user')}, ${mapped('task', 'task')}, s.message, s.notification_type, s.read,
      CASE WHEN s.read THEN ${now}::timestamptz END, s.is_delivered, s.created_at
    FROM ${fresh('notification')} ORDER BY m.id`;
}

/**
 * Gives the new tasks their tags. A tag that an earlier import brought may have been deleted here since.
 *
 * @returns how many tags of tasks were written
 */
export async function writeLinks(
  tx: AuditedTransaction,
  models: LegacySource['models'],
  findings: ImportFindings,
): Promise<number> {
  const links = sql`(SELECT DISTINCT m.id AS task_id, m.pk AS pk, ${mapped('tag', 'tag')} AS tag_id
    FROM staged_link s JOIN import_map m ON m.entity = 'task' AND m.pk = s.task AND m.state = 'new') l`;
  const [written] = await tx.query<{ n: number }>(sql`WITH written AS (
      INSERT INTO task_tags (task_id, tag_id) SELECT task_id, tag_id FROM ${links} JOIN tags t ON t.id = l.tag_id
      ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::int AS n FROM written`);
  const lost = await tx.query<{ pk: number; n: number }>(sql`SELECT pk::float8, count(*)::int AS n FROM ${links}
    WHERE NOT EXISTS (SELECT FROM tags t WHERE t.id = l.tag_id) GROUP BY pk ORDER BY pk`);
  lost.forEach(({ pk, n }) => findings.warn('tag_deleted_here', `${models.task} ${pk}`, n));
  return written?.n ?? 0;
}

/** Fresh statistics, so that the first lists and reports over many new rows are planned well. */
export async function analyze(tx: AuditedTransaction): Promise<void> {
  await tx.query(sql`SELECT refresh_statistics()`);
}
