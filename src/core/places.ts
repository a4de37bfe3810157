import { type Problem } from './problem.js';

interface Patience {
  /** So many wait at most. */
  readonly waiting: number;
  /** So long each waits at most; for as long as it takes if left out. */
  readonly ms?: number;
}

/** A number of places for what must not be done by all at once; whoever finds none waits in the order of coming. */
export class Places {
  private taken = 0;
  private readonly waiting = new Set<() => void>();

  /** @param full what those are told who would wait for too long */
  constructor(
    private readonly count: number,
    private readonly patience: Patience,
    private readonly full: () => Problem,
  ) {}

  /** Takes a place, which `leave` gives back. @throws the problem of being full */
  async take(): Promise<void> {
    if (this.taken >= this.count) return this.wait();
    this.taken++;
  }

  /** The place is handed on; it is free only when nobody waits. */
  leave(): void {
    const [next] = this.waiting;
    if (next) next();
    else this.taken--;
  }

  private wait(): Promise<void> {
    const { waiting, ms } = this.patience;
    if (this.waiting.size >= waiting) return Promise.reject(this.full());
    return new Promise((resolve, reject) => {
      const timer =
        ms === undefined ? undefined : setTimeout(() => this.waiting.delete(next) && reject(this.full()), ms);
      const next = () => {
        clearTimeout(timer);
        this.waiting.delete(next);
        resolve();
      };
      this.waiting.add(next);
    });
  }
}
