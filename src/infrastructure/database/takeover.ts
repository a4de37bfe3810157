import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PoolClient } from 'pg';
import { projectRoot } from '../../core/config/project-root.js';
import { fileNameOf, migrationFiles } from './migrations.js';
import { recordedNames } from './revert-migration.js';

/** Earlier migrations that a database must have to be taken over. */
const REQUIRED = [
  'core_1764000000000',
  'notifications_1764050000000',
  'login_failures_1764100000000',
  'password_reset_1764200000000',
  'audit_entries_1764300000000',
  'statistics_1764350000000',
  'audit_seals_1764400000000',
  'audit_reading_1764500000000',
  'access_notices_1764600000000',
  'redactions_1764700000000',
  'task_totals_1764800000000',
  'growth_1764820000000',
  'cheaper_writes_1764840000000',
  'one_name_1764860000000',
  'redacted_requests_1764900000000',
];

/** Earlier migrations that it may lack, in their order: the file of the same name in `migrations/takeover` replaces each. */
const REPLACED = [
  'login_pace_1765040000000',
  'pending_accounts_1765050000000',
  'socket_tickets_1765051000000',
  'lapsed_redactions_1765060000000',
  'proven_redactions_1765060100000',
  'request_log_by_month_1765070000000',
  'bounded_search_pieces_1765071000000',
  'critical_given_by_1765072000000',
  'autovacuum_1765073000000',
  'second_factor_1765080000000',
  'repeated_redactions_1765091000000',
  'server_request_ids_1765093000000',
  'searchable_texts_of_many_1765099000000',
];

/** Migrations of the baseline that may be run again, and are run on a taken-over database as on a new one. */
const REPEATABLE = [
  'name_skeletons_1764000000007',
  'request_log_partitions_1764000000008',
  'table_comments_1764000000009',
];

/** One of the REPEATABLE does what it did. */
const EARLIER = new Set([...REQUIRED, ...REPLACED, 'name_skeletons_1765092000000']);
const BASELINE = /_176400000000\d$/;

/**
 * Takes over a database that was migrated before the baseline, recognized by its recorded migrations: brings its schema to
 * that of the baseline and records the latter's migrations, in one transaction. Changes nothing in any other database.
 * Call it under the lock of migrating.
 *
 * @throws Error that says what to do where the recorded migrations are none that can be taken over; then nothing was changed
 */
export async function takeOver(owner: PoolClient): Promise<void> {
  const recorded = await recordedNames(owner);
  const baseline = migrationFiles()
    .map(({ name }) => name)
    .filter((name) => BASELINE.test(name));
  assertKnown(recorded, baseline);
  if (!recorded.some((name) => EARLIER.has(name))) return;
  try {
    await owner.query('BEGIN');
    for (const name of REPLACED) if (!recorded.includes(name)) await owner.query(stepFor(name));
    await record(
      owner,
      baseline.filter((name) => !REPEATABLE.includes(name)),
    );
    await owner.query('COMMIT');
  } catch (error) {
    await owner.query('ROLLBACK');
    const { message, code } = error as Error & { code?: string };
    const text = `The earlier schema cannot be taken over, and nothing was changed: ${message}`;
    throw Object.assign(new Error(text, { cause: error }), { code });
  }
}

const stepFor = (name: string): string =>
  readFileSync(join(projectRoot(), 'migrations', 'takeover', `${fileNameOf(name)}.sql`), 'utf8');

/** Takes the first ids of the replaced records, so that migrations of extensions stay after them and are reverted before. */
async function record(owner: PoolClient, names: readonly string[]): Promise<void> {
  const { rows } = await owner.query<{ id: number }>('DELETE FROM migrations WHERE name = ANY ($1) RETURNING id', [
    [...EARLIER],
  ]);
  const ids = rows.map(({ id }) => id).sort((a, b) => a - b);
  const timestamps = names.map((name) => name.slice(-13));
  await owner.query(
    `INSERT INTO migrations (id, timestamp, name)
      SELECT * FROM unnest($1::integer[], $2::bigint[], $3::text[])`,
    [ids.slice(0, names.length), timestamps, names],
  );
}

function assertKnown(recorded: readonly string[], baseline: readonly string[]): void {
  const fault = recorded.some((name) => EARLIER.has(name))
    ? faultOfEarlier(recorded, baseline)
    : faultOfOther(recorded);
  if (fault) throw new Error(`${fault} Nothing was changed.`);
}

function faultOfEarlier(recorded: readonly string[], baseline: readonly string[]): string | undefined {
  const missing = REQUIRED.filter((name) => !recorded.includes(name));
  const known = new Set([...EARLIER, ...migrationFiles().map(({ name }) => name)]);
  const unknown = recorded.filter((name) => !known.has(name));
  const mixed = recorded.filter((name) => baseline.includes(name));
  if (mixed.length > 0)
    return (
      `The database records earlier migrations beside those that replace them (${mixed.join(', ')}), so its schema is ` +
      'not known: restore it from a backup.'
    );
  if (missing.length > 0)
    return (
      `The database has an earlier schema that cannot be taken over, since it lacks ${missing.join(', ')}. Migrate it ` +
      'first with the last build that has these migrations.'
    );
  if (unknown.length > 0)
    return (
      `The database has an earlier schema and migrations that neither this release nor its extensions have: ` +
      `${unknown.join(', ')}. Put the extension back that brought them, or, if you want to do without it, delete their ` +
      'rows from the table "migrations".'
    );
  return undefined;
}

function faultOfOther(recorded: readonly string[]): string | undefined {
  const known = migrationFiles().some(({ name }) => recorded.includes(name));
  if (recorded.length === 0 || known) return undefined;
  return (
    `The table "migrations" records none of this product's migrations but ${recorded.join(', ')}: the database seems to ` +
    'be that of another application. Name another one in DATABASE_URL and DATABASE_OWNER_URL.'
  );
}
