import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type LeafRange } from './leaf-range.js';
import { type LeafRangeSource } from './leaf-range-reader.js';

const MAX_THREADS = 4;
const AHEAD = 2;
const ENDED = 'A thread that read the audit trail has ended';

/** What a thread is started with. */
export interface ThreadData {
  readonly url: string;
  /** Of `pg_export_snapshot`. */
  readonly snapshot: string;
}

interface Answer {
  readonly span?: LeafRange;
  readonly error?: string;
}

/** Reads spans in threads, each with a connection of its own and all of them in one snapshot. */
export class LeafHashWorkerPool implements LeafRangeSource {
  readonly parallel: number;
  private readonly workers: Worker[];
  private readonly waiting: Map<Worker, ((answer: Answer) => void)[]>;
  private turn = 0;

  /** @param file the module that answers, `span-thread.js` */
  constructor(file: URL, workerData: ThreadData) {
    const count = Math.min(availableParallelism(), MAX_THREADS);
    this.workers = Array.from({ length: count }, () => new Worker(file, { workerData }));
    this.waiting = new Map(this.workers.map((worker) => [worker, []]));
    this.parallel = count * AHEAD;
    for (const [worker, waiting] of this.waiting) {
      worker.on('message', (answer: Answer) => waiting.shift()?.(answer));
      const fail = (error: string) => waiting.splice(0).forEach((tell) => tell({ error }));
      worker.on('error', ({ message }) => fail(message)).on('exit', () => fail(ENDED));
    }
  }

  /** Each thread answers in the order in which it was asked. */
  async read(begin: number, end: number): Promise<LeafRange> {
    const worker = this.workers[this.turn++ % this.workers.length] as Worker;
    if (worker.threadId < 0) throw new Error(ENDED);
    const { span, error } = await new Promise<Answer>((resolve) => {
      this.waiting.get(worker)?.push(resolve);
      worker.postMessage([begin, end]);
    });
    if (!span) throw new Error(error);
    return span;
  }

  async stop(): Promise<void> {
    const living = this.workers.filter(({ threadId }) => threadId >= 0);
    // Not `once` of node:events, which throws for an error of a thread: whoever waited for an answer was told of it.
    const ended = living.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    living.forEach((worker) => worker.postMessage(null));
    await Promise.all(ended);
  }
}
