import sql, { type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type EntityWithId } from './sources/legacy-source.js';
import { staged } from './staging.sql.js';

const TARGETS: Readonly<Record<EntityWithId, string>> = {
  user: 'users',
  tag: 'tags',
  task: 'tasks',
  history: 'task_history',
  notification: 'notifications',
};

/**
 * Highest source id that is kept; records above get new ids. The sequence continues after the highest id, and at 2,147,483,647
 * it would be exhausted: this leaves room for 147 million more.
 */
export const HIGHEST_KEPT = 2_000_000_000;

/** Records to match with existing ones that no earlier import brought over. */
export interface Matching {
  readonly users: boolean;
  readonly tags: boolean;
}

const MATCHES: readonly (readonly [keyof Matching, EntityWithId, Sql])[] = [
  [
    'users',
    'user',
    sql`JOIN users t ON lower(t.username) = lower(s.username) AND lower(t.email) = lower(s.email) AND NOT t.pending`,
  ],
  ['tags', 'tag', sql`JOIN tags t ON lower(t.name) = lower(s.name)`],
];

/** Adds the records that earlier imports from this source brought over. */
export async function addKnownIds(tx: AuditedTransaction, source: string): Promise<void> {
  await tx.query(sql`INSERT INTO import_map SELECT entity, legacy_id, id, 'known', NULL FROM legacy_ids
    WHERE source = ${source}`);
}

export async function addMatches(tx: AuditedTransaction, matching: Matching): Promise<void> {
  for (const [what, entity, join] of MATCHES) {
    if (!matching[what]) continue;
    await tx.query(sql`INSERT INTO import_map SELECT ${entity}, s.pk, t.id, 'matched', s.record FROM ${staged(entity)} s ${join}
      ON CONFLICT DO NOTHING`);
  }
}

/** Adds all other records of the source as new ones. @param keep whether they keep their ids */
export async function addNewRecords(tx: AuditedTransaction, entity: EntityWithId, keep: boolean): Promise<void> {
  await tx.query(sql`INSERT INTO import_map SELECT ${entity}, pk,
        CASE WHEN ${keep} AND pk BETWEEN 1 AND ${HIGHEST_KEPT} THEN pk END, 'new', min(record)
      FROM ${staged(entity)} GROUP BY pk ON CONFLICT DO NOTHING`);
}

export async function analyzeMap(tx: AuditedTransaction): Promise<void> {
  await tx.query(sql`ANALYZE import_map`);
}

export async function lockTarget(tx: AuditedTransaction): Promise<void> {
  await tx.query(sql`LOCK TABLE users, tags, tasks IN SHARE ROW EXCLUSIVE MODE`);
}

export async function isTargetEmpty(tx: AuditedTransaction): Promise<boolean> {
  const [found] = await tx.query<{ empty: boolean }>(sql`SELECT NOT EXISTS (SELECT FROM users)
    AND NOT EXISTS (SELECT FROM tags) AND NOT EXISTS (SELECT FROM tasks) AS empty`);
  return found?.empty ?? false;
}

/** Checks whether there are new records, or records that match for the first time. */
export async function hasNewRecords(tx: AuditedTransaction): Promise<boolean> {
  const [found] = await tx.query<{ news: boolean }>(
    sql`SELECT EXISTS (SELECT FROM import_map WHERE state <> 'known') AS news`,
  );
  return found?.news ?? false;
}

/** Assigns the next ids of the sequence to the records of an entity that have none, in the order of the source. */
export async function assignSequenceIds(tx: AuditedTransaction, entity: EntityWithId): Promise<void> {
  await tx.query(sql`UPDATE import_map m SET id = n.id FROM (
        SELECT pk, nextval(pg_get_serial_sequence(${TARGETS[entity]}, 'id')) AS id FROM (
          SELECT pk FROM import_map WHERE entity = ${entity} AND id IS NULL ORDER BY greatest(pk, 0), record) o) n
      WHERE m.entity = ${entity} AND m.pk = n.pk`);
}

/** Sets the sequence of an entity to continue after the ids that are kept. */
export async function continueSequence(tx: AuditedTransaction, entity: EntityWithId): Promise<void> {
  const sequence = sql`pg_get_serial_sequence(${TARGETS[entity]}, 'id')`;
  await tx.query(sql`SELECT setval(${sequence}, greatest(max(id), nextval(${sequence})))
      FROM import_map WHERE entity = ${entity} AND state = 'new' HAVING max(id) IS NOT NULL`);
}

/** Counts the users that earlier imports brought over, and those of them that have the same name in the source. */
export async function compareUsernames(tx: AuditedTransaction): Promise<{ all: number; same: number } | undefined> {
  const [users] = await tx.query<{ all: number; same: number }>(sql`SELECT count(*)::int AS all,
      (count(*) FILTER (WHERE lower(u.username) = lower(s.username)))::int AS same
    FROM staged_user s JOIN import_map m ON m.entity = 'user' AND m.pk = s.pk AND m.state = 'known'
    JOIN users u ON u.id = m.id`);
  return users;
}

/** Counts the new and the known records of an entity in the source. */
export async function countStaged(
  tx: AuditedTransaction,
  entity: EntityWithId,
): Promise<{ fresh: number; there: number }> {
  const [counts] = await tx.query<{ fresh: number; there: number }>(sql`SELECT
        (count(*) FILTER (WHERE m.state = 'new'))::int AS fresh, (count(*) FILTER (WHERE m.state <> 'new'))::int AS there
      FROM ${staged(entity)} s JOIN import_map m ON m.entity = ${entity} AND m.pk = s.pk`);
  return counts ?? { fresh: 0, there: 0 };
}

/** Counts the tags of tasks in the source that an earlier import brought over. */
export async function countKnownLinks(tx: AuditedTransaction): Promise<number> {
  const [known] = await tx.query<{ n: number }>(sql`SELECT count(*)::int AS n FROM staged_link s
    JOIN import_map m ON m.entity = 'task' AND m.pk = s.task AND m.state = 'known'`);
  return known?.n ?? 0;
}
