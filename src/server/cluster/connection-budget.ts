import { type LoggerService } from '@nestjs/common';
import { type Config } from '../../core/config/config.js';
import { SHORT_TIMEOUTS, DatabaseClient } from '../../core/persistence/database-client.js';

/** Besides its pool, a process listens for notices on a connection of its own. */
const BESIDES_THE_POOL = 1;

/** Says loudly where the workers could want more connections than the server has for this role. */
export async function warnOfConnections(config: Config, url: string, logger: LoggerService): Promise<void> {
  const wanted = config.workers * (config.databasePoolSize + BESIDES_THE_POOL);
  const client = new DatabaseClient({ connectionString: url, ...SHORT_TIMEOUTS });
  await client.connect();
  try {
    const { rows } = await client.query<{ given: number }>(`SELECT least(
        sum(setting::int) FILTER (WHERE name = 'max_connections')
          - coalesce(sum(setting::int) FILTER (WHERE name <> 'max_connections'), 0),
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user))::int AS given
      FROM pg_settings WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')`);
    const given = rows[0]?.given ?? Infinity;
    if (wanted <= given) return;
    const msg =
      `${config.workers} workers may want ${wanted} connections to the database (DATABASE_POOL_SIZE ` +
      `${config.databasePoolSize} and one for notices, each), but it has ${given}: lower one or the other`;
    logger.warn(msg, 'Workers');
  } finally {
    await client.end();
  }
}
