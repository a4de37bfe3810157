import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoggerService } from '@nestjs/common';
import { WorkersMetrics } from './cluster-metrics.js';
import { closeOrphanedConnections } from './orphaned-connections.js';
import { callsToWorker, type WorkerRpc } from './worker-rpc.js';

/** Lifetime after which the death of a worker that served is not attributed to the start. */
const SETTLED_MS = 60_000;
/** A start takes longer than an answer: how many times `hangSeconds` a worker may take until it serves. */
const START_FACTOR = 10;
/** Between an answered ping and the next. */
const PING_PAUSE_MS = 1000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** Consecutive deaths without a serving worker after which the product ends with an error. */
const GIVE_UP_AFTER = 8;
/** Grace at shutdown: workers end by themselves, unless the event loop hangs. */
const SHUTDOWN_MS = 9000;

/** Fatal failure of a worker: its message, and its exit code. */
export class WorkerFailed extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

/** Supervises the worker processes from the primary: replaces those that die and relays their requests. */
export class WorkerSupervisor {
  /** Workers that may have cached sessions: each joins before it listens, and serves some time after that. */
  private readonly joined = new Map<Worker, WorkerRpc>();
  private readonly serving = new Map<Worker, WorkerRpc>();
  private readonly metrics = new WorkersMetrics();
  private deaths = 0;
  private stopping = false;

  /**
   * @param env further environment variables of a worker
   * @param hangSeconds period without an answer after which a worker is killed; for its start it has ten times as long; 0:
   * no limit
   * @param giveUp called when every worker that is started dies
   */
  constructor(
    private readonly env: Record<string, string>,
    private readonly hangSeconds: number,
    private readonly logger: LoggerService,
    private readonly giveUp: (error: unknown) => void,
  ) {}

  /** Starts workers; resolves with the URL once all serve. @throws WorkerFailed for the first one that does not */
  async start(count: number): Promise<string> {
    const [url = ''] = await Promise.all(Array.from({ length: count }, () => this.fork(true)));
    return url;
  }

  /**
   * Stops the workers after their responses in flight; one that hangs is killed. @returns true where all ended in
   * order
   */
  async stop(): Promise<boolean> {
    this.stopping = true;
    const workers = Object.values(cluster.workers ?? {})
      .filter((worker) => worker !== undefined)
      // Node keeps those that could not be spawned, and they never exit.
      .filter(({ process }) => process.pid !== undefined);
    const timer = setTimeout(() => workers.forEach(({ process }) => process.kill('SIGKILL')), SHUTDOWN_MS);
    const ended = workers.map((worker) => once(worker, 'exit') as Promise<[number | null, string | null]>);
    workers.forEach(({ process }) => process.kill('SIGTERM'));
    const codes = await Promise.all(ended);
    clearTimeout(timer);
    // A worker that was signalled while it was starting has done nothing yet.
    return codes.every(([code, signal]) => code === 0 || signal === 'SIGTERM');
  }

  /** Starts a worker; resolves with the URL when it serves. */
  private async fork(isFirst: boolean): Promise<string> {
    const worker = await this.spawn(isFirst);
    const began = performance.now();
    closeOrphanedConnections(worker);
    const startTimer = this.killUnlessServing(worker);
    return new Promise((resolve, reject) => {
      const calls: WorkerRpc = callsToWorker(worker, {
        joined: () => void this.joined.set(worker, calls),
        serving: (url) => {
          clearTimeout(startTimer);
          this.serving.set(worker, calls);
          if (this.hangSeconds > 0) void this.killWhenHung(worker, calls);
          resolve(url);
        },
        failed: (message) => reject(new WorkerFailed(message, 1)),
        metrics: () => this.metrics.text([...this.serving.values()]),
        invalidate: (items) => this.invalidateSessions(items, worker),
      });
      worker.once('exit', (code: number | null, signal: string | null) => {
        clearTimeout(startTimer);
        calls.$close();
        reject(new WorkerFailed(`A worker ended (${signal ?? `code ${code}`}) before it served`, code ?? 1));
        void this.ended(worker, calls, { cause: signal ?? `code ${code}`, began, isFirst });
      });
    });
  }

  /** @throws Error where the system refuses a further process; another attempt follows, as after the end of a worker */
  private async spawn(isFirst: boolean): Promise<Worker> {
    try {
      const worker = cluster.fork(this.env);
      // Sending to a worker that has just died fails; its `exit` event follows.
      worker.on('error', () => undefined);
      if (worker.process.pid !== undefined) return worker;
      // Without a process there is no `exit` event.
      const [error] = (await once(worker.process, 'error')) as [Error];
      throw error;
    } catch (error) {
      if (!isFirst) void this.replaceLater(`A worker could not be started (${(error as Error).message})`);
      throw error;
    }
  }

  /**
   * Pings a worker until it ends, and kills it where its event loop hangs: its exit starts another. Counts pings, which time
   * out after a second each, so that a machine that was asleep kills none.
   */
  private async killWhenHung(worker: Worker, calls: WorkerRpc): Promise<void> {
    for (let missed = 0; missed < this.hangSeconds;) {
      const answered = await calls.ping().then(
        () => true,
        () => false,
      );
      if (!this.serving.has(worker)) return;
      missed = answered ? 0 : missed + 1;
      if (answered) await sleep(PING_PAUSE_MS, undefined, { ref: false });
    }
    this.killHung(worker, `has not answered for ${this.hangSeconds} s`);
  }

  /** @returns the timer, undefined where there is no limit */
  private killUnlessServing(worker: Worker): NodeJS.Timeout | undefined {
    if (this.hangSeconds === 0) return undefined;
    const seconds = START_FACTOR * this.hangSeconds;
    return setTimeout(() => this.killHung(worker, `does not serve after ${seconds} s`), seconds * 1000).unref();
  }

  private killHung(worker: Worker, why: string): void {
    this.logger.error({ msg: `Worker ${worker.id} ${why}; it is killed` }, 'Workers');
    worker.process.kill('SIGKILL');
  }

  /** Passes an invalidation on to all workers but the caller. */
  private async invalidateSessions(items: readonly string[], caller: Worker): Promise<void> {
    const others = [...this.joined].filter(([worker]) => worker !== caller);
    await Promise.all(others.map(([, calls]) => calls.invalidate(items).catch(() => undefined)));
  }

  private async ended(
    worker: Worker,
    calls: WorkerRpc,
    { cause, began, isFirst }: { cause: string; began: number; isFirst: boolean },
  ): Promise<void> {
    this.joined.delete(worker);
    const served = this.serving.delete(worker);
    // One of the first that never serves ends the product.
    if (this.stopping || (isFirst && !served)) return;
    if (served && performance.now() - began > SETTLED_MS) this.deaths = 0;
    const replaced = this.replaceLater(`Worker ${worker.id} has ended (${cause})`);
    await this.metrics.keepCounts(calls).catch((error: unknown) => this.logger.error(String(error), 'Workers'));
    await replaced;
  }

  /** Counts a death, and starts a replacement after a pause that doubles with each. */
  private async replaceLater(why: string): Promise<void> {
    this.deaths++;
    this.metrics.countDeath();
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.deaths - 1));
    this.logger.warn?.({ msg: `${why}; another one starts in ${pause} ms` }, 'Workers');
    await sleep(pause);
    if (!this.stopping) await this.replace();
  }

  /** Starts a replacement; if it dies too, or cannot be spawned, that starts another. */
  private async replace(): Promise<void> {
    try {
      await this.fork(false);
    } catch (error) {
      if (this.stopping) return;
      this.logger.error((error as Error).message, 'Workers');
      if (this.deaths >= GIVE_UP_AFTER && this.serving.size === 0) this.giveUp(error);
    }
  }
}
