import { Injectable } from '@nestjs/common';
import { type ThrottlerStorage } from '@nestjs/throttler';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { ONLY_COUNT, SharedCounters } from './shared-counters.js';

type Counted = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Counts requests in windows that begin with the first: in Redis where it is there, else in the memory of this replica. */
@Injectable()
export class RateCounters implements ThrottlerStorage {
  private readonly memory = new RateLimiterMemory(ONLY_COUNT);

  constructor(private readonly shared: SharedCounters) {}

  /** @param ttl length of the window, in milliseconds */
  async increment(key: string, ttl: number, limit: number): Promise<Counted> {
    const seconds = Math.ceil(ttl / 1000);
    const { consumedPoints, msBeforeNext } =
      (await this.shared.consume(key, seconds)) ?? (await this.memory.consume(key, 1, { customDuration: seconds }));
    const timeToExpire = Math.max(1, Math.ceil(msBeforeNext / 1000));
    const isBlocked = consumedPoints > limit;
    return { totalHits: consumedPoints, timeToExpire, isBlocked, timeToBlockExpire: isBlocked ? timeToExpire : 0 };
  }
}
