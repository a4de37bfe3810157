/** Period in which further requests with the same token are rejected before it is verified. */
const SATURATED_MS = 500;
const MAX_TOKENS = 1000;

/**
 * Remembers access tokens of users whose wait queue is full: verifying each further one would cost as much as serving
 * it.
 */
export class SaturatedTokens {
  private readonly until = new Map<string, number>();

  add(authorization: string | undefined, now: number): void {
    if (authorization === undefined) return;
    if (this.until.size >= MAX_TOKENS) this.until.clear();
    this.until.set(authorization, now + SATURATED_MS);
  }

  has(authorization: string | undefined, now: number): boolean {
    if (this.until.size === 0 || authorization === undefined) return false;
    const until = this.until.get(authorization);
    if (until === undefined) return false;
    if (until <= now) this.until.delete(authorization);
    return until > now;
  }
}
