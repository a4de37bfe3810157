import { type LoggerService } from '@nestjs/common';
import { type Config } from '../../core/config/config.js';
import { readOnlyProblem } from '../../core/http/database-errors.js';
import { awaitDatabase } from './await-database.js';
import { type Connection } from './connection.js';
import { migrate } from './data-source.js';

const RETRY_MS = 5000;

/**
 * Migrates the schema before anything is served, or waits for another process to do so (`RUN_MIGRATIONS=false`). A
 * database that cannot be written, such as a standby or one with a full disk, prevents the migration but not serving
 * reads: the migration is retried until it succeeds, and readiness reports the missing ones.
 */
export async function migrateAtStart(config: Config, connection: Connection, logger: LoggerService): Promise<void> {
  const log = (line: string) => void logger.log(line, 'PostgreSQL');
  if (!config.runMigrations) return awaitDatabase(connection.url, log);
  if (await migrateIfWritable(config, connection)) return;
  logger.warn('The database cannot be written: starting without migrating it; trying again until it can', 'PostgreSQL');
  await awaitDatabase(connection.url, log);
  migrateLater(config, connection, logger);
}

/** Migrates. @returns false where the database can be read but not written. @throws as `migrate` otherwise */
export async function migrateIfWritable(config: Config, connection: Connection): Promise<boolean> {
  try {
    await migrate(config, connection);
    return true;
  } catch (error) {
    if (!readOnlyProblem(error)) throw error;
    return false;
  }
}

function migrateLater(config: Config, connection: Connection, logger: LoggerService): void {
  const attempt = async () => {
    // After any failure, such as a lost connection, the next attempt may succeed.
    if (await migrateIfWritable(config, connection).catch(() => false))
      logger.log('The database can be written again: the schema is up to date', 'PostgreSQL');
    else migrateLater(config, connection, logger);
  };
  setTimeout(() => void attempt(), RETRY_MS).unref();
}
