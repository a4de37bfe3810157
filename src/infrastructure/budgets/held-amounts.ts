import { type Holder, type Permit, type BudgetScope } from './fair-semaphore.js';

/** Sums amounts held until their release, by holder and in total. */
export class HeldAmounts {
  private readonly sums = new Map<Holder, number>();
  private total = 0;

  constructor(private readonly limits: Readonly<Record<BudgetScope, number>>) {}

  get inUse(): number {
    return this.total;
  }

  /**
   * Returns the limit that another `amount` would exceed. A single amount above the limit is allowed to a holder with
   * nothing held; it could never be granted otherwise.
   */
  exceeded(holder: Holder, amount = 0): BudgetScope | undefined {
    const held = this.sums.get(holder) ?? 0;
    if (held > 0 && held + amount > this.limits.share) return 'share';
    return this.total > 0 && this.total + amount > this.limits.process ? 'process' : undefined;
  }

  /** Counts an amount, regardless of the limits. */
  add(holder: Holder, amount: number): Permit {
    this.change(holder, amount);
    let left = amount;
    return {
      release: () => {
        this.change(holder, -left);
        left = 0;
      },
    };
  }

  private change(holder: Holder, amount: number): void {
    if (amount === 0) return;
    this.total += amount;
    const sum = (this.sums.get(holder) ?? 0) + amount;
    if (sum > 0) this.sums.set(holder, sum);
    else this.sums.delete(holder);
  }
}
