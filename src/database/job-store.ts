import PgBoss from 'pg-boss';
import { type Pool, type PoolClient } from 'pg';
import { type Tx } from '../core/tx.js';

/** pg-boss on the product's own pool: no second one, and jobs can be added within a transaction. */
export const onPool = (pool: Pool): PgBoss.Db => ({
  executeSql: (text, values) => pool.query(text, values),
});

/**
 * The same for who works on jobs. pg-boss says what became of a job and does not wait: refused, that would end the
 * process. A job of which it could not be said is done again, like that of a replica that died.
 *
 * @param unsaid is told why it could not
 */
export const workingOnPool = (pool: () => Pool, unsaid: (error: unknown) => void): PgBoss.Db => ({
  executeSql: async (text, values: unknown[]) => {
    try {
      return await onPool(pool()).executeSql(text, values);
    } catch (error) {
      if (!saysWhatBecame(values)) throw error;
      unsaid(error);
      return { rows: [{ count: '0' }] };
    }
  },
});

/** Of all its statements, those for jobs that were done or failed have a queue, ids and an output. */
const saysWhatBecame = (values: unknown[] = []): boolean => values.length === 3 && Array.isArray(values[1]);

export const within = (tx: Tx): PgBoss.Db => ({
  executeSql: async (text, values: unknown[]) => ({ rows: await tx.query({ text, values }) }),
});

/** Creates or upgrades the tables of the queue, in a schema of their own. Part of migrating. */
export async function migrateJobStore(pool: Pool): Promise<void> {
  const boss = new PgBoss({ db: onPool(pool), supervise: false, schedule: false });
  await boss.start();
  await boss.stop({ graceful: false });
}

/**
 * Lets a role that does not own the tables make queues: each is a table, which only its owner can attach. The function
 * that makes it lends the owner's rights for that alone; names in it mean what they meant to its owner.
 */
export async function shareJobStore(owner: PoolClient): Promise<void> {
  await owner.query(
    'ALTER FUNCTION pgboss.create_queue(text, json) SECURITY DEFINER SET search_path = pg_catalog, pgboss, pg_temp',
  );
}

/** Whether the tables are there and this role may use them: both come with migrating. */
export async function isStoreOpen(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT FROM pg_namespace WHERE nspname = 'pgboss' AND has_schema_privilege(oid, 'USAGE')`,
  );
  return rowCount === 1;
}
