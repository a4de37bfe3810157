import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoggerService } from '@nestjs/common';
import { IpcChannel, type IpcRequest } from './ipc-channel.js';
import { WorkersMetrics } from './cluster-metrics.js';

/** Lifetime after which a death is not attributed to the start. */
const SETTLED_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** Consecutive deaths without a serving worker after which the product ends with an error. */
const GIVE_UP_AFTER = 8;
/** Grace at shutdown: workers end by themselves, unless the event loop hangs. */
const SHUTDOWN_MS = 9000;
/** Timeout for invalidating the sessions of a worker; after it, NOTIFY does. */
const INVALIDATION_MS = 1000;

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
  private readonly serving = new Map<Worker, IpcChannel>();
  private readonly metrics = new WorkersMetrics();
  private deaths = 0;
  private started = false;
  private stopping = false;

  /**
   * @param env further environment variables of a worker
   * @param giveUp called when every worker that is started dies
   */
  constructor(
    private readonly env: Record<string, string>,
    private readonly logger: LoggerService,
    private readonly giveUp: (error: unknown) => void,
  ) {}

  /** Starts workers; resolves with the URL once all serve. @throws WorkerFailed for the first one that does not */
  async start(count: number): Promise<string> {
    const [url = ''] = await Promise.all(Array.from({ length: count }, () => this.fork()));
    this.started = true;
    return url;
  }

  /**
   * Stops the workers after their responses in flight; one that hangs is killed. @returns true where all ended in
   * order
   */
  async stop(): Promise<boolean> {
    this.stopping = true;
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    const timer = setTimeout(() => workers.forEach(({ process }) => process.kill('SIGKILL')), SHUTDOWN_MS);
    const ended = workers.map((worker) => once(worker, 'exit') as Promise<[number | null, string | null]>);
    workers.forEach(({ process }) => process.kill('SIGTERM'));
    const codes = await Promise.all(ended);
    clearTimeout(timer);
    // A worker that was signalled while it was starting has done nothing yet.
    return codes.every(([code, signal]) => code === 0 || signal === 'SIGTERM');
  }

  /** Starts a worker; resolves with the URL when it serves. */
  private fork(): Promise<string> {
    const worker = cluster.fork(this.env);
    const began = performance.now();
    closeOrphanedHandles(worker);
    // Sending to a worker that has just died fails; its `exit` event follows.
    worker.on('error', () => undefined);
    return new Promise((resolve, reject) => {
      const line: IpcChannel = new IpcChannel(
        (message) => void (worker.isConnected() && worker.send(message, () => undefined)),
        (question) => this.answer(question, worker, line, resolve, reject),
      );
      worker.on('message', (message: unknown) => line.handle(message));
      worker.once('exit', (code: number | null, signal: string | null) => {
        line.close();
        reject(new WorkerFailed(`A worker ended (${signal ?? `code ${code}`}) before it served`, code ?? 1));
        void this.ended(worker, line, { cause: signal ?? `code ${code}`, began });
      });
    });
  }

  private async answer(
    question: IpcRequest,
    worker: Worker,
    line: IpcChannel,
    serves: (url: string) => void,
    fails: (error: Error) => void,
  ): Promise<unknown> {
    if (question.what === 'serving') {
      this.serving.set(worker, line);
      return serves(question.url);
    }
    if (question.what === 'failed') return fails(new WorkerFailed(question.message, 1));
    if (question.what === 'metrics') return this.metrics.text([...this.serving.values()]);
    return this.invalidateSessions(question, line);
  }

  /** Passes an invalidation on to all workers but the requester. */
  private async invalidateSessions(question: IpcRequest, asker: IpcChannel): Promise<void> {
    const others = [...this.serving.values()].filter((line) => line !== asker);
    await Promise.all(others.map((line) => line.request(question, INVALIDATION_MS).catch(() => undefined)));
  }

  private async ended(
    worker: Worker,
    line: IpcChannel,
    { cause, began }: { cause: string; began: number },
  ): Promise<void> {
    this.serving.delete(worker);
    if (this.stopping || !this.started) return;
    this.deaths = performance.now() - began > SETTLED_MS ? 1 : this.deaths + 1;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.deaths - 1));
    this.logger.warn?.(
      { msg: `Worker ${worker.id} has ended (${cause}); another one starts in ${pause} ms` },
      'Workers',
    );
    await this.metrics.workerEnded(line).catch((error: unknown) => this.logger.error(String(error), 'Workers'));
    await sleep(pause);
    if (!this.stopping) await this.replace();
  }

  /** Starts a replacement; if it dies too, its `exit` event starts another. */
  private async replace(): Promise<void> {
    try {
      await this.fork();
    } catch (error) {
      if (this.stopping) return;
      this.logger.error((error as Error).message, 'Workers');
      if (this.deaths >= GIVE_UP_AFTER && this.serving.size === 0) this.giveUp(error);
    }
  }
}

interface Handle {
  close(): void;
}

/**
 * Closes connections that were in transit to a worker when it died: Node drops them without closing, since no
 * acknowledgement comes, and their clients would wait forever.
 */
function closeOrphanedHandles({ process: child }: Worker): void {
  const inTransit = new Map<number, Handle>();
  const send = child.send.bind(child) as (...parts: unknown[]) => boolean;
  const sendNoting = (message: { act?: string; seq?: number }, handle?: Handle, ...rest: unknown[]) => {
    if (message.act === 'newconn' && handle && message.seq !== undefined) inTransit.set(message.seq, handle);
    return send(message, handle, ...rest);
  };
  Object.assign(child, { send: sendNoting });
  child.on('internalMessage', ({ ack }: { ack?: number }) => ack !== undefined && inTransit.delete(ack));
  child.once('exit', () => inTransit.forEach((handle) => handle.close()));
}
