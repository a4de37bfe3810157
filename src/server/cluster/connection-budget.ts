import { type LoggerService } from '@nestjs/common';
import { type Config } from '../../core/config/config.js';
import { SHORT_TIMEOUTS, DatabaseClient } from '../../core/persistence/database-client.js';

/** Connections of a process besides its pool: the one that listens for notifications. */
const EXTRA_CONNECTIONS = 1;

/** Warns where the workers may open more connections than the server grants this role. */
export async function warnOfConnections(config: Config, url: string, logger: LoggerService): Promise<void> {
  const required = config.workers * (config.databasePoolSize + EXTRA_CONNECTIONS);
  const client = new DatabaseClient({ connectionString: url, ...SHORT_TIMEOUTS });
  await client.connect();
  try {
    const { rows } = await client.query<{ available: number }>(`SELECT least(
        sum(setting::int) FILTER (WHERE name = 'max_connections')
          - coalesce(sum(setting::int) FILTER (WHERE name <> 'max_connections'), 0),
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user))::int AS available
      FROM pg_settings WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')`);
    const available = rows[0]?.available ?? Infinity;
    if (required <= available) return;
    const msg =
      `${config.workers} workers may want ${required} connections to the database (DATABASE_POOL_SIZE ` +
      `${config.databasePoolSize} and one for notices, each), but it has ${available}: lower one or the other`;
    logger.warn(msg, 'Workers');
  } finally {
    await client.end();
  }
}
