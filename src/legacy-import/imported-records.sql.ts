import sql, { raw, type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type EntityWithId } from './sources/legacy-source.js';
import { staged } from './staging.sql.js';

/** Joins a staging table with the ids of its new records. */
const newRows = (entity: EntityWithId): Sql => sql`${staged(entity)} s
  JOIN import_map m ON m.entity = ${entity} AND m.pk = s.pk AND m.state = 'new'`;

/** Selects the id of a referenced record in this database; references were checked, so each has one. */
const mappedId = (entity: EntityWithId, column: string): Sql =>
  sql`(SELECT r.id FROM import_map r WHERE r.entity = ${entity} AND r.pk = ${raw(`s."${column}"`)})`;

/**
 * Takes the parent away from new tasks whose parent an earlier import brought and that was deleted here since, and locks the other
 * parents: none is deleted before the commit.
 *
 * @returns the tasks
 */
export function detachFromDeletedParents(tx: AuditedTransaction): Promise<{ pk: number }[]> {
  return tx.query<{ pk: number }>(sql`WITH parents AS (
      SELECT t.id, t.deleted_at FROM tasks t WHERE t.id IN (SELECT p.id FROM ${newRows('task')}
        JOIN import_map p ON p.entity = 'task' AND p.pk = s.parent AND p.state <> 'new')
      ORDER BY t.id FOR SHARE),
    detached AS (UPDATE staged_task s SET parent = NULL FROM import_map m, import_map p, parents t
      WHERE m.entity = 'task' AND m.pk = s.pk AND m.state = 'new'
        AND p.entity = 'task' AND p.pk = s.parent AND p.id = t.id AND t.deleted_at IS NOT NULL RETURNING s.pk)
    SELECT pk::float8 FROM detached ORDER BY pk`);
}

/** Writes new records, whose ids are assigned, with one statement per table. */
export async function insertRecords(tx: AuditedTransaction, source: string): Promise<void> {
  await tx.query(usersSql(tx.now));
  await tx.query(sql`INSERT INTO tags (id, name) SELECT m.id, s.name FROM ${newRows('tag')} ORDER BY m.id`);
  await tx.query(tasksSql());
  await tx.query(sql`INSERT INTO task_history (id, task_id, action, from_status, to_status, timestamp)
    SELECT m.id, ${mappedId('task', 'task')}, s.action, s.from_status, s.to_status, s.timestamp
    FROM ${newRows('history')} ORDER BY m.id`);
  await tx.query(notificationsSql(tx.now));
  await tx.query(sql`INSERT INTO legacy_ids (source, entity, legacy_id, id)
    SELECT ${source}, entity, pk, id FROM import_map WHERE state <> 'known'`);
}

function usersSql(now: Date): Sql {
  return sql`INSERT INTO users (id, username, email, hashed_password, role, timezone, email_verified, is_active,
      last_login, date_joined, created_at)
    SELECT m.id, s.username, s.email, s.hashed_password, s.role, s.timezone, s.email_verified, s.is_active, s.last_login,
      coalesce(s.date_joined, ${now}), coalesce(s.created_at, ${now})
    FROM ${newRows('user')} ORDER BY m.id`;
}

/** Takes `completed_at` from the last completion in the history or, without one, from `updated_at`. */
function tasksSql(): Sql {
  return sql`INSERT INTO tasks (id, title, description, status, priority, assigned_to_id, created_by_id, parent_task_id,
      estimated_hours, actual_hours, deadline, priority_escalated, created_at, updated_at, completed_at)
    SELECT m.id, s.title, s.description, s.status, s.priority, ${mappedId('user', 'assignee')}, ${mappedId('user', 'creator')},
      ${mappedId('task', 'parent')}, s.estimated_hours, s.actual_hours, s.deadline, s.priority_escalated, s.created_at,
      s.updated_at, CASE WHEN s.status = 'completed' THEN coalesce(h.completed_at, s.updated_at) END
    FROM ${newRows('task')} LEFT JOIN (
      SELECT task, max(timestamp) AS completed_at FROM staged_history WHERE to_status = 'completed' GROUP BY task
    ) h ON h.task = s.pk ORDER BY m.id`;
}

/** Sets `read_at` of read notifications to now, since sources do not record it; retention counts from then. */
function notificationsSql(now: Date): Sql {
  return sql`INSERT INTO notifications (id, user_id, task_id, message, notification_type, read, read_at, is_delivered,
      created_at)
    SELECT m.id, ${mappedId('user', 'user')}, ${mappedId('task', 'task')}, s.message, s.notification_type, s.read,
      CASE WHEN s.read THEN ${now}::timestamptz END, s.is_delivered, s.created_at
    FROM ${newRows('notification')} ORDER BY m.id`;
}

/** Selects the tags of new tasks, each once. */
const newLinks = sql`(SELECT DISTINCT m.id AS task_id, m.pk AS pk, ${mappedId('tag', 'tag')} AS tag_id
    FROM staged_link s JOIN import_map m ON m.entity = 'task' AND m.pk = s.task AND m.state = 'new') l`;

/** Writes the tags of new tasks, but for tags that were deleted here. @returns how many */
export async function insertLinks(tx: AuditedTransaction): Promise<number> {
  const [written] = await tx.query<{ n: number }>(sql`WITH written AS (
      INSERT INTO task_tags (task_id, tag_id) SELECT task_id, tag_id FROM ${newLinks} JOIN tags t ON t.id = l.tag_id
      ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::int AS n FROM written`);
  return written?.n ?? 0;
}

/** Counts, by new task, the tags that an earlier import brought and that were deleted since. */
export function countDeletedTags(tx: AuditedTransaction): Promise<{ pk: number; n: number }[]> {
  return tx.query<{ pk: number; n: number }>(sql`SELECT pk::float8, count(*)::int AS n FROM ${newLinks}
    WHERE NOT EXISTS (SELECT FROM tags t WHERE t.id = l.tag_id) GROUP BY pk ORDER BY pk`);
}

/** Refreshes statistics, so that the planner knows the new rows from the first query on. */
export async function analyze(tx: AuditedTransaction): Promise<void> {
  await tx.query(sql`SELECT refresh_statistics()`);
}
