import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type LeafRange } from './leaf-range.js';
import { type LeafRangeSource } from './leaf-range-reader.js';

const MAX_THREADS = 4;
const READ_AHEAD = 2;
const ENDED = 'A thread that read the audit trail has ended';

/** The `workerData` of each thread. */
export interface LeafHashWorkerData {
  readonly url: string;
  /** Id that `pg_export_snapshot` returned. */
  readonly snapshot: string;
}

interface WorkerResponse {
  readonly range?: LeafRange;
  readonly error?: string;
}

/** Hashes leaves in threads, each with a connection of its own and all in one snapshot. */
export class LeafHashWorkerPool implements LeafRangeSource {
  readonly parallel: number;
  private readonly workers: Worker[];
  private readonly pending: Map<Worker, ((response: WorkerResponse) => void)[]>;
  private next = 0;

  /** @param file the built module `leaf-hash.worker.js` */
  constructor(file: URL, workerData: LeafHashWorkerData) {
    const count = Math.min(availableParallelism(), MAX_THREADS);
    this.workers = Array.from({ length: count }, () => new Worker(file, { workerData }));
    this.pending = new Map(this.workers.map((worker) => [worker, []]));
    this.parallel = count * READ_AHEAD;
    for (const [worker, pending] of this.pending) {
      worker.on('message', (response: WorkerResponse) => pending.shift()?.(response));
      const fail = (error: string) => pending.splice(0).forEach((resolve) => resolve({ error }));
      worker.on('error', ({ message }) => fail(message)).on('exit', () => fail(ENDED));
    }
  }

  /** Distributes requests round-robin; each thread responds in the order of its requests. */
  async read(begin: number, end: number): Promise<LeafRange> {
    const worker = this.workers[this.next++ % this.workers.length] as Worker;
    if (worker.threadId < 0) throw new Error(ENDED);
    const { range, error } = await new Promise<WorkerResponse>((resolve) => {
      this.pending.get(worker)?.push(resolve);
      worker.postMessage([begin, end]);
    });
    if (!range) throw new Error(error);
    return range;
  }

  async stop(): Promise<void> {
    const running = this.workers.filter(({ threadId }) => threadId >= 0);
    // Not `once` of node:events, which rejects on an error of a thread: `read` has reported that already.
    const ended = running.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    running.forEach((worker) => worker.postMessage(null));
    await Promise.all(ended);
  }
}
