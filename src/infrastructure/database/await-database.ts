import { setTimeout as sleep } from 'node:timers/promises';
import { SHORT_TIMEOUTS, DatabaseClient } from '../../core/persistence/database-client.js';

const TIMEOUT_MS = 60_000;
const RETRY_MS = 500;
/**
 * SQLSTATEs until a migrating replica has created the role or the database: 28000 and 28P01 (no such role, which
 * PostgreSQL does not distinguish from a wrong password), 3D000 (no such database), 42501 (no CONNECT privilege yet).
 */
const NOT_YET = ['28000', '28P01', '3D000', '42501'];

/**
 * Waits until another replica, or a migration job, has created the role and the database. Other errors are left to
 * the next connection.
 *
 * @throws the server's own error where that takes longer than a minute
 */
export async function awaitDatabase(url: string, log: (line: string) => void): Promise<void> {
  const end = performance.now() + TIMEOUT_MS;
  for (let waiting = false; ; waiting = true) {
    const error = await connectionError(url);
    if (!error || !NOT_YET.includes(error.code ?? '')) return;
    if (performance.now() > end) throw error;
    if (!waiting) log(`Waiting for the database to be migrated: ${error.message}`);
    await sleep(RETRY_MS);
  }
}

async function connectionError(url: string): Promise<(Error & { code?: string }) | undefined> {
  const client = new DatabaseClient({ connectionString: url, ...SHORT_TIMEOUTS });
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
