import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoggerService } from '@nestjs/common';
import { IpcChannel, type IpcRequest } from './ipc-channel.js';
import { WorkersMetrics } from './cluster-metrics.js';

/** One that lived longer than this did not die of its start. */
const SETTLED_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** So many deaths in a row and nobody left who serves: whoever started the product should know. */
const GIVE_UP_AFTER = 8;
/** Workers end by themselves; one whose event loop stands does not. */
const SHUTDOWN_MS = 9000;
/** A worker that does not say for so long that it has forgotten is left to the notices of the database. */
const FORGET_MS = 1000;

/** What ends the whole product: a worker's own words, and its exit code. */
export class WorkerFailed extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

/** The processes that serve, seen from the one that started them: it replaces who dies and passes on what they ask. */
export class WorkerSupervisor {
  private readonly serving = new Map<Worker, IpcChannel>();
  private readonly metrics = new WorkersMetrics();
  private deaths = 0;
  private started = false;
  private stopping = false;

  /**
   * @param env variables that a worker has besides those of this process
   * @param giveUp called when every one that is started dies
   */
  constructor(
    private readonly env: Record<string, string>,
    private readonly logger: LoggerService,
    private readonly giveUp: (error: unknown) => void,
  ) {}

  /** Resolves with the address once all of them serve. @throws WorkerFailed for the first one that does not */
  async start(count: number): Promise<string> {
    const [url = ''] = await Promise.all(Array.from({ length: count }, () => this.fork()));
    this.started = true;
    return url;
  }

  /** They answer what is under way; one that does not come to its end is killed. @returns whether all ended in order */
  async stop(): Promise<boolean> {
    this.stopping = true;
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    const timer = setTimeout(() => workers.forEach(({ process }) => process.kill('SIGKILL')), SHUTDOWN_MS);
    const ended = workers.map((worker) => once(worker, 'exit') as Promise<[number | null, string | null]>);
    workers.forEach(({ process }) => process.kill('SIGTERM'));
    const codes = await Promise.all(ended);
    clearTimeout(timer);
    // One that was told while it was still starting has done nothing yet.
    return codes.every(([code, signal]) => code === 0 || signal === 'SIGTERM');
  }

  /** Resolves with the address when it serves. */
  private fork(): Promise<string> {
    const worker = cluster.fork(this.env);
    const began = performance.now();
    closeOrphanedHandles(worker);
    // One that has just died cannot be told anything; its end is heard of by itself.
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

  /** Asks all but the one who asks. */
  private async invalidateSessions(question: IpcRequest, asker: IpcChannel): Promise<void> {
    const others = [...this.serving.values()].filter((line) => line !== asker);
    await Promise.all(others.map((line) => line.request(question, FORGET_MS).catch(() => undefined)));
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
    await this.metrics.ended(line).catch((error: unknown) => this.logger.error(String(error), 'Workers'));
    await sleep(pause);
    if (!this.stopping) await this.replace();
  }

  /** One that fails again is replaced again, when its end is heard of. */
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
 * Node forgets connections that were on their way to a worker when it died: they would stay open, and their clients wait.
 * Closed, the clients learn of it. Without an answer to the hand-over Node would never close them itself.
 */
function closeOrphanedHandles({ process: child }: Worker): void {
  const underWay = new Map<number, Handle>();
  const send = child.send.bind(child) as (...parts: unknown[]) => boolean;
  const sendNoting = (message: { act?: string; seq?: number }, handle?: Handle, ...rest: unknown[]) => {
    if (message.act === 'newconn' && handle && message.seq !== undefined) underWay.set(message.seq, handle);
    return send(message, handle, ...rest);
  };
  Object.assign(child, { send: sendNoting });
  child.on('internalMessage', ({ ack }: { ack?: number }) => ack !== undefined && underWay.delete(ack));
  child.once('exit', () => underWay.forEach((handle) => handle.close()));
}
