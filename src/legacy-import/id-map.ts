import sql, { type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { ENTITIES_WITH_ID, type EntityWithId } from './sources/legacy-source.js';
import { staged } from './staging.js';

const TARGETS: Readonly<Record<EntityWithId, string>> = {
  ...{ user: 'users', tag: 'tags', task: 'tasks' },
  ...{ history: 'task_history', notification: 'notifications' },
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

/**
 * Maps records of the source to records of this database.
 *
 * @returns whether ids are kept, which needs an empty database
 */
export async function mapIds(tx: AuditedTransaction, source: string, matching: Matching): Promise<boolean> {
  const keep = await lockedWhileEmpty(tx);
  await tx.query(sql`INSERT INTO import_map SELECT entity, legacy_id, id, 'known', NULL FROM legacy_ids
    WHERE source = ${source}`);
  for (const [what, entity, join] of MATCHES) {
    if (!matching[what]) continue;
    await tx.query(sql`INSERT INTO import_map SELECT ${entity}, s.pk, t.id, 'matched', s.record FROM ${staged(entity)} s ${join}
      ON CONFLICT DO NOTHING`);
  }
  for (const entity of ENTITIES_WITH_ID) {
    await tx.query(sql`INSERT INTO import_map SELECT ${entity}, pk,
        CASE WHEN ${keep} AND pk BETWEEN 1 AND ${HIGHEST_KEPT} THEN pk END, 'new', min(record)
      FROM ${staged(entity)} GROUP BY pk ON CONFLICT DO NOTHING`);
  }
  await tx.query(sql`ANALYZE import_map`);
  return keep;
}

/** Checks whether the database is empty and then locks its tables; a filled database is not locked, so that users can go on. */
async function lockedWhileEmpty(tx: AuditedTransaction): Promise<boolean> {
  if (!(await isEmpty(tx))) return false;
  await tx.query(sql`LOCK TABLE users, tags, tasks IN SHARE ROW EXCLUSIVE MODE`);
  return isEmpty(tx);
}

async function isEmpty(tx: AuditedTransaction): Promise<boolean> {
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

/**
 * Assigns ids to new records without one, in the order of the source, after the ids that are kept. Call it once no check is
 * left that could reject the import.
 */
export async function assignIds(tx: AuditedTransaction): Promise<void> {
  await continueSequences(tx);
  for (const entity of ENTITIES_WITH_ID) {
    await tx.query(sql`UPDATE import_map m SET id = n.id FROM (
        SELECT pk, nextval(pg_get_serial_sequence(${TARGETS[entity]}, 'id')) AS id FROM (
          SELECT pk FROM import_map WHERE entity = ${entity} AND id IS NULL ORDER BY greatest(pk, 0), record) o) n
      WHERE m.entity = ${entity} AND m.pk = n.pk`);
  }
}

/** Sets the sequences to continue after the ids that are kept. */
async function continueSequences(tx: AuditedTransaction): Promise<void> {
  for (const entity of ENTITIES_WITH_ID) {
    const sequence = sql`pg_get_serial_sequence(${TARGETS[entity]}, 'id')`;
    await tx.query(sql`SELECT setval(${sequence}, greatest(max(id), nextval(${sequence})))
      FROM import_map WHERE entity = ${entity} AND state = 'new' HAVING max(id) IS NOT NULL`);
  }
}

/**
 * Rejects a second installation under the name of an earlier one, which would look as if it had been imported already.
 *
 * @throws Error where most users brought over earlier under this name are others in this source
 */
export async function assertSameInstallation(tx: AuditedTransaction, source: string): Promise<void> {
  const [users] = await tx.query<{ all: number; same: number }>(sql`SELECT count(*)::int AS all,
      (count(*) FILTER (WHERE lower(u.username) = lower(s.username)))::int AS same
    FROM staged_user s JOIN import_map m ON m.entity = 'user' AND m.pk = s.pk AND m.state = 'known'
    JOIN users u ON u.id = m.id`);
  if (users && users.same * 2 < users.all) {
    throw new Error(
      `"${source}" was imported before, and of its ${users.all} users that are here only ${users.same} have the same ` +
        'name: this seems to be another installation. Give it a name of its own by --source NAME',
    );
  }
}
