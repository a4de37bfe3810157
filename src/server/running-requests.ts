import { type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { onResponseClosed } from '../core/http/response-closed.js';
import { type Problem } from '../core/http/problem.js';
import { type Budgets } from '../infrastructure/budgets/budgets.service.js';
import { type Permit } from '../infrastructure/budgets/fair-semaphore.js';

/**
 * Longest time in which a request counts as being worked on: one that waits for a lock or a hash must not keep others from
 * starting. Three times as long as all places together take on a slow machine (decision 204): with less, ever more begin.
 */
const PLACE_MS = 100;

/** Starts few requests at once, by the budget `running_requests`; the others wait with nothing but their headers read. */
export class RunningRequests {
  /**
   * @param networkOf returns whose turn a request is
   * @param refuse answers a request that waited for too long
   */
  constructor(
    private readonly budgets: Budgets,
    private readonly networkOf: (request: IncomingMessage) => string,
    private readonly run: RequestListener,
    private readonly refuse: (request: IncomingMessage, response: ServerResponse, problem: Problem) => void,
  ) {}

  /** Starts a request now or in its turn. Its place is free again once `request.place` is released, or after `PLACE_MS`. */
  start(request: IncomingMessage, response: ServerResponse): void {
    const holder = this.networkOf(request);
    const permit = this.budgets.tryAcquire('running_requests', holder);
    if (permit) this.startWith(permit, request, response);
    else void this.startInTurn(holder, request, response);
  }

  private async startInTurn(holder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    const stay = onResponseClosed(request, response, () => gone.abort());
    const permit = await this.budgets.acquire('running_requests', holder, gone.signal).catch((problem: unknown) => {
      if (!gone.signal.aborted) this.refuse(request, response, problem as Problem);
    });
    stay();
    if (permit) this.startWith(permit, request, response);
  }

  private startWith({ release }: Permit, request: IncomingMessage, response: ServerResponse): void {
    const timer = setTimeout(release, PLACE_MS);
    request.place = {
      release: () => {
        clearTimeout(timer);
        release();
      },
    };
    this.run(request, response);
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
