/** For so long further requests with the same token are refused before it is even verified. */
const REMEMBERED_MS = 500;
const MOST = 1000;

/** Access tokens of users who have as many requests waiting as they may: verifying each further one would cost as much as doing it. */
export class SaturatedTokens {
  private readonly until = new Map<string, number>();

  add(authorization: string | undefined, now: number): void {
    if (authorization === undefined) return;
    if (this.until.size >= MOST) this.until.clear();
    this.until.set(authorization, now + REMEMBERED_MS);
  }

  has(authorization: string | undefined, now: number): boolean {
    if (this.until.size === 0 || authorization === undefined) return false;
    const until = this.until.get(authorization);
    if (until === undefined) return false;
    if (until <= now) this.until.delete(authorization);
    return until > now;
  }
}
