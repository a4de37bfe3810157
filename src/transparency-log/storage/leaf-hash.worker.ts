import { parentPort, workerData } from 'node:worker_threads';
import { DatabaseClient } from '../../core/persistence/database-client.js';
import { type Statement } from '../../core/persistence/prepared-statements.js';
import { readLeafRange } from './leaf-range.js';
import { type ThreadData } from './leaf-hash-worker-pool.js';

const { url, snapshot } = workerData as ThreadData;
const client = new DatabaseClient({ connectionString: url, options: '-c TimeZone=UTC', connectionTimeoutMillis: 5000 });
/** The one statement, planned once. */
const ask = async <R extends object>({ text, values }: Statement) =>
  (await client.query<R>({ name: 'span', text, values })).rows;

async function open(): Promise<void> {
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(`SET TRANSACTION SNAPSHOT ${client.escapeLiteral(snapshot)}`);
  await client.unlimited(async (text) => (await client.query<{ pid: number }>(text)).rows);
}

async function answer([begin, end]: [number, number]): Promise<void> {
  try {
    const span = await readLeafRange(ask, begin, end);
    parentPort?.postMessage({ span }, [span.hashes.buffer as ArrayBuffer, span.times.buffer as ArrayBuffer]);
  } catch (error) {
    parentPort?.postMessage({ error: (error as Error).message });
  }
}

// One after the other, from the opening on.
let before = open();
parentPort?.on('message', (span: [number, number] | null) => {
  before = before.then(() => (span ? answer(span) : client.end().then(() => parentPort?.close())));
});
