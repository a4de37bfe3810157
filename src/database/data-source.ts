import { type DataSource, type DataSourceOptions, type MixedList } from 'typeorm';
import { type Config } from '../config/config.js';
import { type Pool } from 'pg';
import { migrateJobStore } from '../jobs/job-store.js';
import { migrations } from './migrations.js';

/** Taken while migrating, so that replicas starting at once do not migrate at once. "ctms" in ASCII. */
const MIGRATION_LOCK = 0x63746d73;

/** How the product connects: one pool, which TypeORM and the prepared reads share. */
export function dataSourceOptions(config: Config, url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: config.appName,
    poolSize: config.databasePoolSize,
    connectTimeoutMS: 5000,
    synchronize: false,
    migrations: migrations() as MixedList<never>,
    migrationsTableName: 'migrations',
    // Each migration in its own transaction: one that fails leaves those before it in place.
    migrationsTransactionMode: 'each',
    extra: {
      statement_timeout: config.databaseTimeoutMs,
      idle_in_transaction_session_timeout: config.databaseTimeoutMs,
      options: '-c TimeZone=UTC',
      keepAlive: true,
    },
  };
}

/** Brings the schema up to date; replicas that start together wait for the first. @returns the names of what was run */
export async function migrate(source: DataSource): Promise<string[]> {
  const runner = source.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('SET statement_timeout = 0');
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const done = (await source.runMigrations()).map(({ name }) => name);
    await migrateJobStore(poolOf(source));
    return done;
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.query('RESET statement_timeout');
    await runner.release();
  }
}

/** TypeORM's own pool, which the prepared reads share. */
export function poolOf(source: DataSource): Pool {
  return (source.driver as unknown as { master: Pool }).master;
}
