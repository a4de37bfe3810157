import { CoreProblem, type Problem } from '../../core/http/problem.js';

/** Key of a share: a user's id, or a network (`networkPrefixOf`). */
export type Holder = number | string;

/** Acquired unit of a budget; releasing it twice has no effect. */
export interface Permit {
  release(): void;
}

export interface SemaphoreLimits {
  /** Concurrent permits of one holder. */
  readonly share: number;
  /** Concurrent permits of the process. */
  readonly process: number;
  readonly waiting: { readonly share: number; readonly process: number; readonly ms: number };
}

export type BudgetScope = 'share' | 'process';

interface Waiter {
  readonly start: () => void;
}

interface Queue {
  running: number;
  readonly waiters: Set<Waiter>;
}

/**
 * Counting semaphore whose waiters are served round-robin by holder: one with a hundred waiting requests gets every
 * second free permit beside one with a single request. Permits and wait queue are bounded, for each holder and in
 * total.
 */
export class FairSemaphore {
  private readonly queues = new Map<Holder, Queue>();
  /** Holders with waiters and an unused share, in the order in which they are served. */
  private readonly turns = new Set<Holder>();
  private running = 0;
  private waitingCount = 0;

  /** @param full makes the problem of a request that may not wait, or waited for too long */
  constructor(
    private readonly limits: SemaphoreLimits,
    private readonly full: (scope: BudgetScope) => Problem,
  ) {}

  get inUse(): number {
    return this.running;
  }

  get waiting(): number {
    return this.waitingCount;
  }

  /** Acquires a permit at once; undefined where one would have to wait. */
  tryAcquire(holder: Holder): Permit | undefined {
    const queue = this.queues.get(holder);
    if (this.running >= this.limits.process || (queue && queue.running >= this.limits.share)) return undefined;
    return this.grant(holder, queue ?? this.queueOf(holder));
  }

  /**
   * Acquires a permit, waiting if necessary.
   *
   * @param gone its abort leaves the queue
   * @throws Problem 429 or 503 where that takes too long
   */
  acquire(holder: Holder, gone?: AbortSignal): Promise<Permit> {
    if (gone?.aborted) return Promise.reject(clientGone());
    const permit = this.tryAcquire(holder);
    if (permit) return Promise.resolve(permit);
    const { waiting } = this.limits;
    const ownWaiting = this.queues.get(holder)?.waiters.size ?? 0;
    if (ownWaiting >= waiting.share) return Promise.reject(this.full('share'));
    if (this.waitingCount >= waiting.process) return Promise.reject(this.full('process'));
    return this.wait(holder, this.queueOf(holder), gone);
  }

  private wait(holder: Holder, queue: Queue, gone?: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        gone?.removeEventListener('abort', abandon);
        this.waitingCount--;
        queue.waiters.delete(waiter);
        if (queue.waiters.size === 0) this.turns.delete(holder);
      };
      const waiter = {
        start: () => {
          leave();
          resolve(this.grant(holder, queue));
        },
      };
      const abandon = () => {
        leave();
        const scope = queue.running >= this.limits.share ? 'share' : 'process';
        this.dropIfIdle(holder, queue);
        reject(gone?.aborted ? clientGone() : this.full(scope));
      };
      const timer = setTimeout(abandon, this.limits.waiting.ms);
      gone?.addEventListener('abort', abandon);
      queue.waiters.add(waiter);
      this.waitingCount++;
      this.enqueue(holder, queue);
    });
  }

  private grant(holder: Holder, queue: Queue): Permit {
    this.running++;
    queue.running++;
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.running--;
        queue.running--;
        this.enqueue(holder, queue);
        this.serve();
        this.dropIfIdle(holder, queue);
      },
    };
  }

  /** Grants free permits. Served holders move to the end. */
  private serve(): void {
    for (const holder of this.turns) {
      if (this.running >= this.limits.process) return;
      this.turns.delete(holder);
      const queue = this.queueOf(holder);
      const [next] = queue.waiters;
      next?.start();
      this.enqueue(holder, queue);
    }
  }

  private enqueue(holder: Holder, { running, waiters }: Queue): void {
    if (waiters.size > 0 && running < this.limits.share) this.turns.add(holder);
  }

  private queueOf(holder: Holder): Queue {
    const existing = this.queues.get(holder);
    if (existing) return existing;
    const queue = { running: 0, waiters: new Set<Waiter>() };
    this.queues.set(holder, queue);
    return queue;
  }

  private dropIfIdle(holder: Holder, { running, waiters }: Queue): void {
    if (running === 0 && waiters.size === 0) this.queues.delete(holder);
  }
}

/** No one receives it, and the fault is the client's, as of a body that ends too early. */
const clientGone = (): Problem => CoreProblem.bad_request('The client has gone while the request waited');
