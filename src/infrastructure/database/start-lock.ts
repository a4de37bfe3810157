import { type Client } from 'pg';
import { DatabaseClient } from '../../core/persistence/database-client.js';

/** Keys of the advisory locks that replicas acquire at start. The first is "ctms" in ASCII. */
export const START_LOCKS = { schema: 0x63746d73, demoData: 0x63746d74 } as const;

/** Margin of the client-side timeout over the server's, whose error is more specific. */
const CLIENT_TIMEOUT_MARGIN_MS = 5000;

interface LockOptions {
  /** URL of the role that acquires the lock; every role may. */
  readonly url: string;
  readonly lock: keyof typeof START_LOCKS;
  /** Timeout, after which it fails with 55P03 (lock_not_available). Default: none. */
  readonly timeoutMs?: number;
}

/**
 * Runs `work` under the lock, within one transaction on a connection of its own. The lock ends with that transaction:
 * also behind a pooler, and when this process is killed.
 */
export async function withStartLock<T>(options: LockOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const { url, lock, timeoutMs = 0 } = options;
  const client = new DatabaseClient({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    answerTimeoutMillis: timeoutMs && timeoutMs + CLIENT_TIMEOUT_MARGIN_MS,
  });
  await client.connect();
  try {
    await client.query('BEGIN');
    // It may idle during slow work on other connections.
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await client.query(`SET LOCAL lock_timeout = ${timeoutMs}`);
    await client.query('SELECT pg_advisory_xact_lock($1)', [START_LOCKS[lock]]);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } finally {
    await client.end();
  }
}
