import { type Client } from 'pg';
import { DatabaseClient } from '../../core/persistence/database-client.js';

/** Keys of advisory locks that replicas take while they start. The first is "ctms" in ASCII. */
export const START_LOCKS = { schema: 0x63746d73, demoData: 0x63746d74 } as const;

/** Our own limit comes after the server's, whose error says more. */
const LATER_MS = 5000;

interface LockOptions {
  /** Of the role that takes the lock; every role may. */
  readonly url: string;
  readonly lock: keyof typeof START_LOCKS;
  /** Fails with 55P03 (lock_not_available) after so long. Default: waits until the other replica is done. */
  readonly timeoutMs?: number;
}

/**
 * Runs `work` while no other replica holds the same lock, within one transaction on a connection of its own. The lock
 * ends with that transaction: also behind a pooler, and also where this process is killed.
 */
export async function withStartLock<T>(options: LockOptions, work: (client: Client) => Promise<T>): Promise<T> {
  const { url, lock, timeoutMs = 0 } = options;
  const client = new DatabaseClient({
    connectionString: url,
    connectionTimeoutMillis: 5000,
    answerTimeoutMillis: timeoutMs && timeoutMs + LATER_MS,
  });
  await client.connect();
  try {
    await client.query('BEGIN');
    // While it waits for slow work on other connections, it must not be taken for abandoned.
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
