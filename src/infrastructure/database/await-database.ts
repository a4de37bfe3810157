import { setTimeout as sleep } from 'node:timers/promises';
import { SHORT_TIMEOUTS, DatabaseClient } from '../../core/persistence/database-client.js';

const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;
/**
 * What a server answers until a migrating replica has made the role or the database: 28000 and 28P01 (no such role, which
 * PostgreSQL does not tell from a wrong password), 3D000 (no such database), 42501 (it may not connect yet).
 */
const NOT_YET = ['28000', '28P01', '3D000', '42501'];

/**
 * Waits for another replica, or a job of its own, to make what this one connects with. Other errors are left to whoever
 * connects next.
 *
 * @throws the server's own error where that has not happened within a minute
 */
export async function awaitDatabase(url: string, log: (line: string) => void): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (let waiting = false; ; waiting = true) {
    const refused = await refusal(url);
    if (!refused || !NOT_YET.includes(refused.code ?? '')) return;
    if (performance.now() > end) throw refused;
    if (!waiting) log(`Waiting for the database to be migrated: ${refused.message}`);
    await sleep(PAUSE_MS);
  }
}

async function refusal(url: string): Promise<(Error & { code?: string }) | undefined> {
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
