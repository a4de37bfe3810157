import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { Gauge } from 'prom-client';
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../../core/config/config.js';
import { within } from '../../core/within.js';
import { Metrics } from '../monitoring/metrics.js';

/** Options of limiters that only count: the caller compares the limit. Windows are given with each call. */
export const UNLIMITED = { points: Number.MAX_SAFE_INTEGER, duration: 60 };
/** Maximum wait of a request for Redis. */
const TIMEOUT_MS = 500;
const MAX_RECONNECT_MS = 1000;
/** Silence after which a connection is replaced; the pings keep an idle one alive. */
const SILENCE_MS = 3000;
const PING_MS = 1000;

/**
 * Counts in Redis, for all replicas. While Redis is down, or does not answer in time, it is not used until it is
 * back: no request fails because of it, or waits for it twice.
 */
@Injectable()
export class RedisCounters implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(RedisCounters.name);
  private client: Awaited<ReturnType<typeof clientOf>> | undefined;
  private limiter: RateLimiterRedis | undefined;
  private readonly inUse: Gauge | undefined;
  /** Undefined until the first result. */
  private available: boolean | undefined;

  constructor(
    private readonly config: Config,
    { registry }: Metrics,
  ) {
    if (!this.isShared()) return;
    const help = 'Whether requests are counted in Redis, for all replicas; 0: in memory, for this one alone';
    this.inUse = new Gauge({ name: 'ctms_rate_limits_shared', help, aggregator: 'min', registers: [registry] });
  }

  private isShared(): boolean {
    return Boolean(this.config.redisUrl) && this.config.rateLimits.enabled;
  }

  /** Loads the client lazily: it is large, and a process that counts for itself alone never needs it. */
  async onModuleInit(): Promise<void> {
    if (!this.isShared()) return;
    this.client = await clientOf(this.config.redisUrl as string);
    this.client.on('ready', () => void this.tryAgain());
    this.client.on('ping-interval', () => void this.tryAgain());
    this.client.on('error', (error: Error) => this.lost(error));
    this.limiter = new RateLimiterRedis({
      storeClient: this.client,
      useRedisPackage: true,
      rejectIfRedisNotReady: true,
      keyPrefix: `${this.config.appName}:rate`,
      ...UNLIMITED,
    });
  }

  /** Connects without awaiting: the server starts without Redis as well. */
  onApplicationBootstrap(): void {
    // Rejects only where the client is closed before it ever connected.
    this.client?.connect().catch(() => undefined);
  }

  beforeApplicationShutdown(): void {
    this.client?.destroy();
  }

  /** Adds an amount, such as one request. @returns undefined where Redis is not configured, or down */
  async consume(key: string, seconds: number, amount = 1): Promise<RateLimiterRes | undefined> {
    return this.available ? this.count(key, seconds, amount) : undefined;
  }

  private async count(key: string, seconds: number, amount = 1): Promise<RateLimiterRes | undefined> {
    try {
      const counted = (this.limiter as RateLimiterRedis).consume(key, amount, { customDuration: seconds });
      return await within(TIMEOUT_MS, counted);
    } catch (error) {
      this.lost(error as Error);
      return undefined;
    }
  }

  /** Probes by counting, since a Redis that only answers may be full or read-only. */
  private async tryAgain(): Promise<void> {
    if (this.available || !(await this.count('probe', 1))) return;
    if (this.available === false) this.logger.log('Redis is back: requests are counted for all replicas again');
    this.available = true;
    this.inUse?.set(1);
  }

  private lost(error: Error): void {
    if (this.available !== false) {
      const msg = 'Redis is gone: requests are counted in memory, for this replica alone, until it is back';
      this.logger.warn({ msg, reason: error.message || error.name });
    }
    this.available = false;
    this.inUse?.set(0);
  }
}

async function clientOf(url: string) {
  const { createClient } = await import('redis');
  return createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    // It would end when the command is written; `within` awaits the reply.
    commandOptions: { timeout: 0 },
    socket: {
      connectTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 10), MAX_RECONNECT_MS),
    },
  });
}
