import { type IncomingMessage } from 'node:http';
import { type Problem } from '../core/http/problem.js';
import { type Budgets } from '../infrastructure/budgets/budgets.service.js';
import { type Permit } from '../infrastructure/budgets/fair-semaphore.js';

/**
 * Longest time in which a request counts as being worked on: one that waits for a lock or a hash must not keep others from
 * starting. Three times as long as all places together take on a slow machine (decision 204): with less, ever more begin.
 */
const PLACE_MS = 100;

/** A request that is to be started: one with a response, or an upgrade. */
export interface PendingRequest {
  readonly request: IncomingMessage;
  run(): void;
  /** Answers instead of running. */
  refuse(problem: Problem): void;
  /** Calls `done` once, when the answer is out or the client has gone. @returns takes it back */
  onClosed(done: () => void): () => void;
}

/** Starts few requests at once, by the budget `running_requests`; the others wait with nothing but their headers read. */
export class RunningRequests {
  /** @param networkOf returns whose turn a request is */
  constructor(
    private readonly budgets: Budgets,
    private readonly networkOf: (request: IncomingMessage) => string,
  ) {}

  /**
   * Starts a request now or in its turn, or refuses it where that takes too long. Its place is free again once
   * `request.place` is released, or after `PLACE_MS`.
   */
  start(pending: PendingRequest): void {
    const holder = this.networkOf(pending.request);
    const permit = this.budgets.tryAcquire('running_requests', holder);
    if (permit) this.startWith(permit, pending);
    else void this.startInTurn(holder, pending);
  }

  private async startInTurn(holder: string, pending: PendingRequest): Promise<void> {
    const gone = new AbortController();
    const stay = pending.onClosed(() => gone.abort());
    const permit = await this.budgets.acquire('running_requests', holder, gone.signal).catch((problem: unknown) => {
      if (!gone.signal.aborted) pending.refuse(problem as Problem);
    });
    stay();
    if (permit) this.startWith(permit, pending);
  }

  private startWith({ release }: Permit, { request, run }: PendingRequest): void {
    const timer = setTimeout(release, PLACE_MS);
    request.place = {
      release: () => {
        clearTimeout(timer);
        release();
      },
    };
    run();
    setImmediate(releaseUnread, request);
  }
}

/** A body that has not come with its headers may take as long as its client likes. */
function releaseUnread(request: IncomingMessage): void {
  if (request.complete) return;
  // One turn more: what came in the same packet as the headers is parsed after them.
  setImmediate(() => {
    if (!request.complete) request.place?.release();
  });
}
