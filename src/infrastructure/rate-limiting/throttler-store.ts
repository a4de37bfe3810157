import cluster from 'node:cluster';
import { Injectable } from '@nestjs/common';
import { type ThrottlerStorage } from '@nestjs/throttler';
import { RateLimiterCluster, RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { UNLIMITED, RedisCounters } from './redis-counters.js';

type Counted = Awaited<ReturnType<ThrottlerStorage['increment']>>;

/** Maximum wait of a request for the primary. */
const TIMEOUT_MS = 500;

/**
 * Counts requests in windows that start with the first request: in Redis where it is available, else in the memory of
 * this replica, which is that of the primary where it has several workers.
 */
@Injectable()
export class ThrottlerStore implements ThrottlerStorage {
  private readonly memory = new RateLimiterMemory(UNLIMITED);
  private readonly ofPrimary = cluster.isWorker
    ? new RateLimiterCluster({ ...UNLIMITED, keyPrefix: 'rate', timeoutMs: TIMEOUT_MS })
    : undefined;

  constructor(private readonly shared: RedisCounters) {}

  /** @param ttl length of the window, in milliseconds */
  async increment(key: string, ttl: number, limit: number): Promise<Counted> {
    const { spent: totalHits, seconds: timeToExpire } = await this.add(key, Math.ceil(ttl / 1000));
    const isBlocked = totalHits > limit;
    return { totalHits, timeToExpire, isBlocked, timeToBlockExpire: isBlocked ? timeToExpire : 0 };
  }

  /** Adds an amount to the sum of a window. @returns the sum, and the seconds until the window ends */
  async add(key: string, windowSeconds: number, amount = 1): Promise<{ spent: number; seconds: number }> {
    const { consumedPoints, msBeforeNext } =
      (await this.shared.consume(key, windowSeconds, amount)) ??
      (await this.here(key, amount, { customDuration: windowSeconds }));
    return { spent: consumedPoints, seconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) };
  }

  /** Counts in the primary; where that is too busy to answer, in this process alone. */
  private async here(key: string, amount: number, window: { customDuration: number }): Promise<RateLimiterRes> {
    const counted = await this.ofPrimary?.consume(key, amount, window).catch(() => undefined);
    return counted ?? this.memory.consume(key, amount, window);
  }
}
