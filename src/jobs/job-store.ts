import PgBoss from 'pg-boss';
import { type Pool } from 'pg';
import { type Tx } from '../core/tx.js';

/** pg-boss on the product's own pool: no second one, and jobs can be added within a transaction. */
export const onPool = (pool: Pool): PgBoss.Db => ({
  executeSql: (text, values) => pool.query(text, values),
});

export const within = (tx: Tx): PgBoss.Db => ({
  executeSql: async (text, values: unknown[]) => ({ rows: await tx.query({ text, values }) }),
});

/** Creates or upgrades the tables of the queue, in a schema of their own. Part of migrating. */
export async function migrateJobStore(pool: Pool): Promise<void> {
  const boss = new PgBoss({ db: onPool(pool), supervise: false, schedule: false });
  await boss.start();
  await boss.stop({ graceful: false });
}
