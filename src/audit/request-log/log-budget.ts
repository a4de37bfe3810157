const HOUR_MS = 3_600_000;
/** Users and addresses that are counted apart within an hour; all others share one budget. */
const MAX_SUBJECTS = 50_000;
/** All addresses without a signed-in user together, in shares of one. */
const STRANGERS = 16;

/** How a request may be logged: with its bodies, without them, or counted with others alike. */
export type Allowance = 'whole' | 'slim' | 'counted';

/**
 * Bytes of the request log by user or, where nobody is signed in, by address, in hours of the clock. Kept by each process
 * for itself.
 */
export class LogBudget {
  private hour = 0;
  private readonly spent = new Map<string, number>();

  /** @param share bytes of one user or address an hour */
  constructor(private readonly share: number) {}

  /** @param subject `user 7` or `address 203.0.113.7` */
  allowance(subject: string, isStranger: boolean): Allowance {
    this.turn();
    const used = Math.max(
      this.of(subject) / this.share,
      isStranger ? this.of('strangers') / this.share / STRANGERS : 0,
    );
    if (used < 1) return 'whole';
    return used < 2 ? 'slim' : 'counted';
  }

  spend(subject: string, isStranger: boolean, bytes: number): void {
    const key = this.spent.has(subject) || this.spent.size < MAX_SUBJECTS ? subject : 'others';
    this.spent.set(key, this.of(key) + bytes);
    if (isStranger) this.spent.set('strangers', this.of('strangers') + bytes);
  }

  private of(subject: string): number {
    return this.spent.get(subject) ?? (this.spent.size < MAX_SUBJECTS ? 0 : (this.spent.get('others') ?? 0));
  }

  private turn(): void {
    const hour = Math.floor(Date.now() / HOUR_MS);
    if (hour === this.hour) return;
    this.hour = hour;
    this.spent.clear();
  }
}
