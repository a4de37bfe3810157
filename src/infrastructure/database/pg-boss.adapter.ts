import { setTimeout as sleep } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import { type ClientBase, type Pool, type PoolClient } from 'pg';
import { isRetryable } from '../../core/http/database-errors.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { withStartLock } from './start-lock.js';

/** Runs pg-boss on the product's own pool: without a second one, and with jobs added within a transaction. */
const onPool = (pool: Pick<Pool | ClientBase, 'query'>): PgBoss.Db => ({
  executeSql: (text, values) => pool.query(text, values),
});

/**
 * Runs the workers of pg-boss on the pool. pg-boss reports the completion of a job without awaiting it: a failure
 * would end the process. A job whose completion could not be stored runs again, like that of a replica that died.
 *
 * @param onUnreported receives the error of such a completion
 */
export const workerAdapter = (pool: () => Pool, onUnreported: (error: unknown) => void): PgBoss.Db => ({
  executeSql: async (text, values: unknown[]) => {
    try {
      return await onPool(pool()).executeSql(text, values);
    } catch (error) {
      if (!isJobCompletion(values)) throw error;
      onUnreported(error);
      return { rows: [{ count: '0' }] };
    }
  },
});

/** True for the statements that complete or fail jobs: only they have a queue, ids and an output. */
const isJobCompletion = (values: unknown[] = []): boolean => values.length === 3 && Array.isArray(values[1]);

export const transactionAdapter = (tx: AuditedTransaction): PgBoss.Db => ({
  executeSql: async (text, values: unknown[]) => ({ rows: await tx.query({ text, values }) }),
});

/** Creates or upgrades the tables of the queue, in their own schema. Part of migrating. */
export async function migrateJobStore(pool: Pool): Promise<void> {
  const boss = new PgBoss({ db: onPool(pool), supervise: false, schedule: false });
  await boss.start();
  await boss.stop({ graceful: false });
}

/**
 * Lets a role that does not own the tables create queues: each is a partition, which only the owner of the table can
 * attach. The function that creates it lends the owner's privileges for that alone; its search path is fixed, so that
 * names in it cannot be hijacked.
 */
export async function allowQueueCreation(owner: PoolClient): Promise<void> {
  await owner.query(
    'ALTER FUNCTION pgboss.create_queue(text, json) SECURITY DEFINER SET search_path = pg_catalog, pgboss, pg_temp',
  );
}

/** False where the migrations never completed. */
export async function hasJobStore(owner: PoolClient): Promise<boolean> {
  const { rowCount } = await owner.query(`SELECT WHERE to_regproc('pgboss.create_queue') IS NOT NULL`);
  return rowCount === 1;
}

const USABLE_SCHEMA = `SELECT FROM pg_namespace WHERE nspname = 'pgboss' AND has_schema_privilege(oid, 'USAGE')`;

/** True where the tables exist and this role may use them: both come with migrating. */
export async function isSchemaReady(pool: Pool): Promise<boolean> {
  return (await pool.query(USABLE_SCHEMA)).rowCount === 1;
}

/** Looks for a queue within a transaction, which waits for no further connection. */
export async function hasQueue(tx: AuditedTransaction, name: string): Promise<boolean> {
  if ((await tx.query({ text: USABLE_SCHEMA, values: [] })).length === 0) return false;
  return (await tx.query({ text: 'SELECT FROM pgboss.queue WHERE name = $1', values: [name] })).length === 1;
}

/** Queue with which replicas of older releases enqueue their periodic jobs. */
const OLDER_SCHEDULING_QUEUE = '__pgboss__send-it';
const LOCK_NOT_AVAILABLE = '55P03';
const LOCK_TIMEOUT_MS = 5000;
const ATTEMPTS = 5;

/** Queue with its options, in the units of the store, so that the two can be compared. */
export interface QueueSettings {
  readonly name: string;
  readonly policy?: 'standard' | 'short';
  readonly retryLimit?: number;
  readonly retryDelay?: number;
  readonly retryBackoff?: boolean;
  readonly expireInSeconds?: number;
  readonly retentionMinutes?: number;
}

/**
 * Creates missing queues and updates those of another release. Each is a partition with foreign keys, and two
 * replicas creating some at once would deadlock; so the migration lock is held, which also separates it from the
 * grants at the end of migrating.
 *
 * @throws the database's error, where other replicas hold the lock for long: `isContention` is true for it
 */
export async function ensureQueues(pool: Pool, url: string, queues: readonly QueueSettings[]): Promise<void> {
  for (let attempt = 1; (await outdatedQueues(pool, queues)).length > 0; attempt++) {
    try {
      await withStartLock({ url, lock: 'schema', timeoutMs: LOCK_TIMEOUT_MS }, async (client) => {
        // Another replica may have created them since.
        const outdated = await outdatedQueues(client, queues);
        const boss = new PgBoss({ db: onPool(client), migrate: false, supervise: false, schedule: false });
        for (const queue of outdated) {
          await boss.createQueue(queue.name, { ...queue });
          await boss.updateQueue(queue.name, { ...queue });
        }
      });
      return;
    } catch (error) {
      if (!isContention(error) || attempt === ATTEMPTS) throw error;
      await sleep(2 ** attempt * 50 * (1 + Math.random()));
    }
  }
}

/** Removes queues with their jobs and schedules, but pg-boss's own. @returns their names */
export async function removeQueues(pool: Pool, url: string, isRemoved: (name: string) => boolean): Promise<string[]> {
  if (!(await isSchemaReady(pool))) return [];
  return withStartLock({ url, lock: 'schema', timeoutMs: LOCK_TIMEOUT_MS }, async (client) => {
    const boss = new PgBoss({ db: onPool(client), migrate: false, supervise: false, schedule: false });
    const names = (await boss.getQueues()).map(({ name }) => name);
    const removed = names.filter((name) => name !== OLDER_SCHEDULING_QUEUE && isRemoved(name)).sort();
    for (const name of removed) {
      await boss.unschedule(name);
      // A queue that has jobs cannot be deleted.
      for (const table of ['job', 'archive']) await client.query(`DELETE FROM pgboss.${table} WHERE name = $1`, [name]);
      await boss.deleteQueue(name);
    }
    return removed;
  });
}

/** True for an error caused by another replica doing the same, so that retrying helps. */
export const isContention = (error: unknown): boolean =>
  isRetryable(error) || (error as { code?: string }).code === LOCK_NOT_AVAILABLE;

/** Returns the queues that do not exist as declared. */
async function outdatedQueues(
  queryable: Pick<Pool | ClientBase, 'query'>,
  queues: readonly QueueSettings[],
): Promise<readonly QueueSettings[]> {
  const { rows } = await queryable.query<QueueSettings>(`SELECT name, policy, retry_limit AS "retryLimit",
      retry_delay AS "retryDelay", retry_backoff AS "retryBackoff", expire_seconds AS "expireInSeconds",
      retention_minutes AS "retentionMinutes" FROM pgboss.queue`);
  const stored = new Map(rows.map((row) => [row.name, row]));
  const isOutdated = (queue: QueueSettings): boolean => {
    const found = stored.get(queue.name);
    return !found || Object.entries(queue).some(([option, value]) => found[option as keyof QueueSettings] !== value);
  };
  return queues.filter(isOutdated);
}
