import { DataSource, type DataSourceOptions, type MixedList } from 'typeorm';
import { type Config } from '../config/config.js';
import { type Pool } from 'pg';
import { migrateJobStore, shareJobStore } from './job-store.js';
import { ensureRole, grantTo, loginOf } from '../database-roles/application-role.js';
import { type Connection } from './connection.js';
import { migrations } from './migrations.js';
import { START_LOCKS } from './start-lock.js';

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Every connection writes instants in UTC. Pages of an index that is in use are in memory: at PostgreSQL's own price for
 * fetching one, meant for turning disks, it would rather walk a list of everyone's rows than look up one user's.
 */
const SETTINGS = '-c TimeZone=UTC -c random_page_cost=1.1';

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
      options: SETTINGS,
      keepAlive: true,
    },
  };
}

/**
 * Brings the schema up to date as its owner, on a connection of its own, and lets the role that serves use it; replicas
 * that start together wait for the first. Where one role is both, there is nothing to give.
 *
 * @returns the names of what was run
 * @throws Error that says what to do, where the role may not do it
 */
export async function migrate(config: Config, { url, ownerUrl }: Connection): Promise<string[]> {
  const source = await new DataSource(migrationOptions(config, ownerUrl)).initialize();
  const lock = await poolOf(source).connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [START_LOCKS.schema]);
    const [owner, application] = [loginOf(ownerUrl), loginOf(url)];
    const apart = owner.name !== application.name;
    if (apart) await ensureRole(lock, application);
    const done = await runMigrations(source, owner.name);
    if (apart) {
      await shareJobStore(lock);
      await grantTo(lock, application.name);
    }
    return done;
  } finally {
    lock.release();
    await source.destroy();
  }
}

/** A migration takes as long as it takes. */
function migrationOptions(config: Config, url: string): DataSourceOptions {
  const unhurried = { ...config, databaseTimeoutMs: 0, databasePoolSize: 3 };
  return dataSourceOptions(unhurried, url);
}

async function runMigrations(source: DataSource, role: string): Promise<string[]> {
  try {
    const done = (await source.runMigrations()).map(({ name }) => name);
    await migrateJobStore(poolOf(source));
    return done;
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new Error(
      `The database has to be migrated, which its role "${role}" may not do (${(error as Error).message}): run ` +
        `"npm run migration:run" with the owner's address in DATABASE_OWNER_URL.`,
      { cause: error },
    );
  }
}

/** TypeORM's own pool, which the prepared reads share. */
export function poolOf(source: DataSource): Pool {
  return (source.driver as unknown as { master: Pool }).master;
}

/** The address that it connects to, for connections outside of its pool. */
export function urlOf(source: DataSource): string {
  return (source.options as { url: string }).url;
}
