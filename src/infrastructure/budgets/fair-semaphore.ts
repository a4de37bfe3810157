import { type Problem } from '../../core/http/problem.js';

/** Whose share something counts in: a user's id, or a network (`networkPrefixOf`). */
export type Holder = number | string;

/** A place that was acquired; giving it back twice does nothing. */
export interface Permit {
  release(): void;
}

export interface SemaphoreLimits {
  /** At once, of one holder. */
  readonly share: number;
  /** At once, of all. */
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
 * Counting semaphore whose waiters are served round-robin by holder: one with a hundred requests waiting gets every second
 * place that becomes free beside one with a single request. Both the places and the wait queue are bounded, for each holder
 * and in all.
 */
export class FairSemaphore {
  private readonly queues = new Map<Holder, Queue>();
  /** Holders who have somebody waiting and a place of their share free, in the order in which they are served. */
  private readonly turns = new Set<Holder>();
  private running = 0;
  private waitingCount = 0;

  /** @param full the problem for those who may not wait, or have waited for too long */
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

  /** A place at once; undefined where one would have to wait. */
  tryAcquire(holder: Holder): Permit | undefined {
    const queue = this.queues.get(holder);
    if (this.running >= this.limits.process || (queue && queue.running >= this.limits.share)) return undefined;
    return this.place(holder, queue ?? this.queueOf(holder));
  }

  /**
   * A place, as soon as there is one.
   *
   * @param gone whoever waits leaves the queue when it aborts
   * @throws Problem 429 or 503 where that takes too long
   */
  acquire(holder: Holder, gone?: AbortSignal): Promise<Permit> {
    if (gone?.aborted) return Promise.reject(this.full('share'));
    const place = this.tryAcquire(holder);
    if (place) return Promise.resolve(place);
    const queue = this.queueOf(holder);
    const { waiting } = this.limits;
    if (queue.waiters.size >= waiting.share) return Promise.reject(this.full('share'));
    if (this.waitingCount >= waiting.process) return Promise.reject(this.full('process'));
    return this.wait(holder, queue, gone);
  }

  private wait(holder: Holder, queue: Queue, gone?: AbortSignal): Promise<Permit> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        gone?.removeEventListener('abort', giveUp);
        this.waitingCount--;
        queue.waiters.delete(waiter);
        if (queue.waiters.size === 0) this.turns.delete(holder);
      };
      const waiter = {
        start: () => {
          leave();
          resolve(this.place(holder, queue));
        },
      };
      const giveUp = () => {
        leave();
        const scope = queue.running >= this.limits.share ? 'share' : 'process';
        this.forget(holder, queue);
        reject(this.full(scope));
      };
      const timer = setTimeout(giveUp, this.limits.waiting.ms);
      gone?.addEventListener('abort', giveUp);
      queue.waiters.add(waiter);
      this.waitingCount++;
      this.enqueue(holder, queue);
    });
  }

  private place(holder: Holder, queue: Queue): Permit {
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
        this.forget(holder, queue);
      },
    };
  }

  /** Hands free places on. Served holders go behind the others. */
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
    const known = this.queues.get(holder);
    if (known) return known;
    const queue = { running: 0, waiters: new Set<Waiter>() };
    this.queues.set(holder, queue);
    return queue;
  }

  private forget(holder: Holder, { running, waiters }: Queue): void {
    if (running === 0 && waiters.size === 0) this.queues.delete(holder);
  }
}
