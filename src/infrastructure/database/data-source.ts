import { DataSource, type DataSourceOptions, type MixedList } from 'typeorm';
import { type Config } from '../../core/config/config.js';
import { type Pool, type PoolClient } from 'pg';
import { DatabaseClient } from '../../core/persistence/database-client.js';
import { hasJobStore, migrateJobStore, allowQueueCreation } from './pg-boss.adapter.js';
import { ensureRole, grantApplicationPrivileges, loginOf } from '../database-roles/application-role.js';
import { storeRedactionRules } from '../database-roles/redaction-rules.js';
import { type Connection } from './connection.js';
import { migrations } from './migrations.js';
import { revertMigration } from './revert-migration.js';
import { START_LOCKS } from './start-lock.js';
import { takeOver } from './takeover.js';

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Every connection writes instants in UTC. Pages of an index that is in use are in memory: at PostgreSQL's own price for
 * fetching one, meant for turning disks, it would rather walk a list of everyone's rows than look up one user's.
 */
const SETTINGS = '-c TimeZone=UTC -c random_page_cost=1.1';

/** By so much our own limit of a statement is longer than the server's, whose error says more. */
const LATER_MS = 1000;

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
      Client: DatabaseClient,
      answerTimeoutMillis: config.databaseTimeoutMs && config.databaseTimeoutMs + LATER_MS,
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
export async function migrate(config: Config, connection: Connection): Promise<string[]> {
  const source = await new DataSource(migrationOptions(config, connection.ownerUrl)).initialize();
  try {
    return await changeSchema(source, connection, async (owner) => {
      await takeOver(owner);
      const done = await runMigrations(source);
      await storeRedactionRules(owner, config);
      return done;
    });
  } finally {
    await source.destroy();
  }
}

/**
 * Reverts the migration that was run last, or the one named, as the owner and under the lock of migrating. Nothing is
 * migrated before, so that a second call goes on to the one before.
 *
 * @returns a sentence about what was reverted
 * @throws Error that names what cannot be reverted and says what to do
 */
export async function revert(config: Config, connection: Connection, name?: string): Promise<string> {
  const source = await new DataSource(migrationOptions(config, connection.ownerUrl)).initialize();
  try {
    return await changeSchema(source, connection, (owner) => revertMigration(owner, name));
  } finally {
    await source.destroy();
  }
}

/** Runs `work` as the owner of the schema, one process at a time, and then grants its rights to the role that serves. */
async function changeSchema<T>(
  source: DataSource,
  { url, ownerUrl }: Connection,
  work: (owner: PoolClient) => Promise<T>,
): Promise<T> {
  const lock = await poolOf(source).connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [START_LOCKS.schema]);
    const [owner, application] = [loginOf(ownerUrl), loginOf(url)];
    const apart = owner.name !== application.name;
    if (apart) await ensureRole(lock, application);
    const result = await work(lock).catch((error: unknown) => {
      throw explained(error, owner.name);
    });
    if (apart && (await hasJobStore(lock))) {
      await allowQueueCreation(lock);
      await grantApplicationPrivileges(lock, application.name);
    }
    return result;
  } finally {
    lock.release();
  }
}

/** A migration takes as long as it takes, and so does waiting for another replica that migrates: at both ends. */
function migrationOptions(config: Config, url: string): DataSourceOptions {
  const unhurried = { ...config, databaseTimeoutMs: 0, databasePoolSize: 3 };
  return dataSourceOptions(unhurried, url);
}

async function runMigrations(source: DataSource): Promise<string[]> {
  const done = (await source.runMigrations()).map(({ name }) => name);
  await migrateJobStore(poolOf(source));
  return done;
}

/** What an operator can do about a role that may not change the schema. */
function explained(error: unknown, role: string): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (code !== INSUFFICIENT_PRIVILEGE) return error;
  return new Error(
    `The database has to be migrated, which its role "${role}" may not do (${message}): run ` +
      `"npm run migration:run" with the owner's address in DATABASE_OWNER_URL.`,
    { cause: error },
  );
}

/** TypeORM's own pool, which the prepared reads share. */
export function poolOf(source: DataSource): Pool {
  return (source.driver as unknown as { master: Pool }).master;
}

/** The address that it connects to, for connections outside of its pool. */
export function urlOf(source: DataSource): string {
  return (source.options as { url: string }).url;
}
