import { DataSource, type DataSourceOptions, type MixedList } from 'typeorm';
import { type Config } from '../../core/config/config.js';
import { type Pool, type PoolClient } from 'pg';
import { type PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { DatabaseClient } from '../../core/persistence/database-client.js';
import { hasJobStore, migrateJobStore, allowQueueCreation } from './pg-boss.adapter.js';
import { ensureRole, grantApplicationPrivileges, loginOf } from '../database-roles/application-role.js';
import { storeRedactionRules } from '../database-roles/redaction-rules.js';
import { type Connection } from './connection.js';
import { migrations } from './migrations.js';
import { START_LOCKS } from './start-lock.js';
import { takeOver } from './takeover.js';

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Session settings: UTC for instants; `random_page_cost` for data in memory. With PostgreSQL's default, meant for
 * spinning disks, the planner would rather scan a list of everyone's rows than look up one user's by index. No JIT:
 * where the server has it, compiling a list's statement took 2 to 30 s, and running it milliseconds (decision 74).
 */
const SETTINGS = '-c TimeZone=UTC -c random_page_cost=1.1 -c jit=off';

/** Margin of the client-side timeout over the server's, whose error is more specific. */
const CLIENT_TIMEOUT_MARGIN_MS = 1000;

/**
 * Returns the options of the data source: one pool, shared by TypeORM and the prepared reads.
 *
 * @param clientClass of its connections
 */
export function dataSourceOptions(config: Config, url: string, clientClass = DatabaseClient): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: config.appName,
    poolSize: config.databasePoolSize,
    connectTimeoutMS: 5000,
    synchronize: false,
    migrations: migrations() as MixedList<never>,
    migrationsTableName: 'migrations',
    // Each migration has its own transaction: a failing one leaves the earlier ones in place.
    migrationsTransactionMode: 'each',
    extra: {
      statement_timeout: config.databaseTimeoutMs,
      idle_in_transaction_session_timeout: config.databaseTimeoutMs,
      options: SETTINGS,
      Client: clientClass,
      answerTimeoutMillis: config.databaseTimeoutMs && config.databaseTimeoutMs + CLIENT_TIMEOUT_MARGIN_MS,
    },
  };
}

/**
 * Migrates the schema as its owner, on a connection of its own, and grants the application role its privileges;
 * replicas that start together wait for the first. With a single role there is nothing to grant.
 *
 * @returns the names of the migrations that ran
 * @throws Error with instructions, where the role may not migrate
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
 * Reverts migrations as the owner and under the migration lock. Nothing is migrated before, so that a second call reverts
 * the previous migration.
 *
 * @returns the sentence of `work` about what was reverted
 */
export async function revert(
  config: Config,
  connection: Connection,
  work: (owner: PoolClient) => Promise<string>,
): Promise<string> {
  const source = await new DataSource(migrationOptions(config, connection.ownerUrl)).initialize();
  try {
    return await changeSchema(source, connection, work);
  } finally {
    await source.destroy();
  }
}

/**
 * Runs `work` as the owner of the schema, one process at a time, and then grants the application role its privileges.
 */
async function changeSchema<T>(
  source: DataSource,
  { url, ownerUrl }: Connection,
  work: (owner: PoolClient) => Promise<T>,
): Promise<T> {
  const lock = await poolOf(source).connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [START_LOCKS.schema]);
    const owner = loginOf(ownerUrl);
    const application = loginOf(url);
    const hasTwoRoles = owner.name !== application.name;
    if (hasTwoRoles) await ensureRole(lock, application);
    const result = await work(lock).catch((error: unknown) => {
      throw explained(error, owner.name);
    });
    if (hasTwoRoles && (await hasJobStore(lock))) {
      await allowQueueCreation(lock);
      await grantApplicationPrivileges(lock, application.name);
    }
    return result;
  } finally {
    lock.release();
  }
}

/** Lifts the timeouts of both ends: migrations, and waiting for another replica's, may take long. */
function migrationOptions(config: Config, url: string): DataSourceOptions {
  const withoutTimeout = { ...config, databaseTimeoutMs: 0, databasePoolSize: 3 };
  return dataSourceOptions(withoutTimeout, url);
}

async function runMigrations(source: DataSource): Promise<string[]> {
  const done = (await source.runMigrations()).map(({ name }) => name);
  await migrateJobStore(poolOf(source));
  return done;
}

/** Explains to the operator how to migrate with a role that may. */
function explained(error: unknown, role: string): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (code !== INSUFFICIENT_PRIVILEGE) return error;
  return new Error(
    `The database has to be migrated, which its role "${role}" may not do (${message}): run ` +
      `"npm run migration:run" with the owner's address in DATABASE_OWNER_URL.`,
    { cause: error },
  );
}

/** Returns TypeORM's own pool, which the prepared reads share. */
export function poolOf(source: DataSource): Pool {
  return (source.driver as PostgresDriver).master as Pool;
}

/** Returns the URL of a data source, for connections outside of its pool. */
export function urlOf(source: DataSource): string {
  return (source.options as { url: string }).url;
}
