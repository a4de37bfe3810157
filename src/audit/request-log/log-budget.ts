const HOUR_MS = 3_600_000;
/** Users and addresses with a budget of their own within an hour; all others share one. */
const MAX_SUBJECTS = 50_000;
/** Budget of all anonymous addresses together, in multiples of a single one. */
const ANONYMOUS_SHARES = 16;

/** Level of detail at which a request may be logged: with its bodies, without them, or counted only. */
export type Allowance = 'whole' | 'slim' | 'counted';

/**
 * Budgets the bytes of the request log by user or, for anonymous requests, by address, per hour of the clock. Each process
 * counts for itself.
 */
export class LogBudget {
  private hour = 0;
  private readonly spent = new Map<string, number>();

  /** @param share bytes per hour of one user or address */
  constructor(private readonly share: number) {}

  /** @param subject `user 7` or `address 203.0.113.7` */
  allowance(subject: string, isAnonymous: boolean): Allowance {
    this.resetEachHour();
    const used = Math.max(
      this.bytesOf(subject) / this.share,
      isAnonymous ? this.bytesOf('anonymous') / this.share / ANONYMOUS_SHARES : 0,
    );
    if (used < 1) return 'whole';
    return used < 2 ? 'slim' : 'counted';
  }

  spend(subject: string, isAnonymous: boolean, bytes: number): void {
    const key = this.spent.has(subject) || this.spent.size < MAX_SUBJECTS ? subject : 'others';
    this.spent.set(key, this.bytesOf(key) + bytes);
    if (isAnonymous) this.spent.set('anonymous', this.bytesOf('anonymous') + bytes);
  }

  private bytesOf(subject: string): number {
    return this.spent.get(subject) ?? (this.spent.size < MAX_SUBJECTS ? 0 : (this.spent.get('others') ?? 0));
  }

  private resetEachHour(): void {
    const hour = Math.floor(performance.now() / HOUR_MS);
    if (hour === this.hour) return;
    this.hour = hour;
    this.spent.clear();
  }
}
