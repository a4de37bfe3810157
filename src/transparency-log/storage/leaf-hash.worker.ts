import { parentPort, workerData } from 'node:worker_threads';
import { DatabaseClient } from '../../core/persistence/database-client.js';
import { type Statement } from '../../core/persistence/prepared-statements.js';
import { readLeafRange } from './leaf-range.js';
import { type LeafHashWorkerData } from './leaf-hash-worker-pool.js';

const { url, snapshot } = workerData as LeafHashWorkerData;
const client = new DatabaseClient({ connectionString: url, options: '-c TimeZone=UTC', connectionTimeoutMillis: 5000 });
/** Runs the one statement, prepared by name so that it is planned once. */
const query = async <R extends object>({ text, values }: Statement) =>
  (await client.query<R>({ name: 'span', text, values })).rows;

async function open(): Promise<void> {
  await client.connect();
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  await client.query(`SET TRANSACTION SNAPSHOT ${client.escapeLiteral(snapshot)}`);
  await client.unlimited(async (text) => (await client.query<{ pid: number }>(text)).rows);
}

async function respond([begin, end]: [number, number]): Promise<void> {
  try {
    const range = await readLeafRange(query, begin, end);
    parentPort?.postMessage({ range }, [range.hashes.buffer as ArrayBuffer, range.times.buffer as ArrayBuffer]);
  } catch (error) {
    parentPort?.postMessage({ error: (error as Error).message });
  }
}

// Requests run one after the other, once the connection is open.
let queue = open();
parentPort?.on('message', (bounds: [number, number] | null) => {
  queue = queue.then(() => (bounds ? respond(bounds) : client.end().then(() => parentPort?.close())));
});
