import { createBirpc, type BirpcReturn } from 'birpc';
import { type ProcessMetrics } from '../../infrastructure/monitoring/process-metrics.js';

/** Calls that the primary answers. */
export interface PrimaryFunctions {
  /** Reports, before the worker listens, that it may cache sessions from now on. */
  joined(): void;
  /** Reports that the worker serves. */
  serving(url: string): void;
  /** Reports why the worker fails to start, and ends. */
  failed(message: string): void;
  /** Returns the metrics of all workers, as text. */
  metrics(): Promise<string>;
  /** Invalidates cached sessions and users of all other workers. */
  invalidate(items: readonly string[]): Promise<void>;
}

/** Calls that a worker answers. */
export interface WorkerFunctions {
  /** Answers as soon as its event loop turns. */
  ping(): void;
  metrics(): Promise<ProcessMetrics>;
  invalidate(items: readonly string[]): void;
}

export type PrimaryRpc = BirpcReturn<PrimaryFunctions, WorkerFunctions>;
export type WorkerRpc = BirpcReturn<WorkerFunctions, PrimaryFunctions>;

/** The IPC channel of a process: `process` in a worker, a `Worker` in the primary. */
export interface IpcChannel {
  isConnected(): boolean;
  send(message: object, sent: (error: Error | null) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** A worker that does not answer within this time keeps its last metrics, and is left to NOTIFY for its sessions. */
const WORKER_TIMEOUT_MS = 1000;
/** Longer, since the primary waits for the other workers. */
const PRIMARY_TIMEOUT_MS = 1500;

/** Returns the calls to a worker, from the primary. */
export const callsToWorker = (channel: IpcChannel, functions: PrimaryFunctions): WorkerRpc =>
  createBirpc<WorkerFunctions, PrimaryFunctions>(functions, overIpc(channel, WORKER_TIMEOUT_MS));

/** Returns the calls to the primary, from a worker. */
export const callsToPrimary = (channel: IpcChannel, functions: WorkerFunctions): PrimaryRpc =>
  createBirpc<PrimaryFunctions, WorkerFunctions>(functions, {
    ...overIpc(channel, PRIMARY_TIMEOUT_MS),
    eventNames: ['joined', 'serving', 'failed'],
  });

/**
 * Others use the channel too, so messages are marked; those to a process that has ended are lost. Only an event, which has no
 * id and no answer, waits until it is sent: Node keeps messages back from a process that hangs, and a call that waited
 * for that would reject, when its time is up, a promise that nothing handles yet.
 */
function overIpc(channel: IpcChannel, timeout: number) {
  return {
    timeout,
    post: (rpc: { i?: string }) => {
      if (!channel.isConnected()) return;
      const sent = new Promise<void>((resolve) => channel.send({ rpc }, () => resolve()));
      return rpc.i === undefined ? sent : undefined;
    },
    on: (receive: (rpc: unknown) => void) =>
      void channel.on('message', (message) => isMarked(message) && receive(message.rpc)),
  };
}

const isMarked = (message: unknown): message is { rpc: unknown } =>
  typeof message === 'object' && message !== null && 'rpc' in message;
