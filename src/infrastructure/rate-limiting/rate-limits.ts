import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import { Config } from '../../core/config/config.js';
import { networkPrefixOf } from '../../core/http/client-network.js';
import { CoreProblem } from '../../core/http/problem.js';
import { type RateLimiter } from '../../core/authorization/rate-limiter.js';
import { routePolicyOf } from '../../core/authorization/roles.guard.js';
import { Metrics } from '../monitoring/metrics.js';

const WINDOW_MS = 60_000;

interface Subject {
  /** Key of the counter; its first word is the metric's label. */
  readonly key: string;
  /** Requests a minute. */
  readonly limit: number;
}

interface Window {
  readonly limit: number;
  readonly ttl: number;
  readonly blockDuration: number;
  readonly name: string;
}

/** Limits API requests per minute: for each user by role, for each address where no user is signed in. */
@Injectable()
export class RateLimits extends ThrottlerGuard implements RateLimiter {
  private readonly refused: Counter<'by'>;

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() counters: ThrottlerStorage,
    reflector: Reflector,
    private readonly config: Config,
    { registry }: Metrics,
  ) {
    super(options, counters, reflector);
    const help =
      'Requests refused by a rate limit: of a user, on public endpoints, without a good token, or of what no endpoint receives';
    this.refused = new Counter({ name: 'ctms_rate_limited_total', help, labelNames: ['by'], registers: [registry] });
  }

  async consume(context: ExecutionContext): Promise<void> {
    await this.canActivate(context);
  }

  async consumeAnonymous({ ip }: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { enabled, publicPerMinute: limit } = this.config.rateLimits;
    if (!enabled) return;
    const window = { limit, ttl: WINDOW_MS, blockDuration: WINDOW_MS, name: 'default' };
    // A counter of its own: a foreign page that a user has open, or a scanner, keeps no neighbour from signing in.
    await this.hit(reply, `refused ${networkPrefixOf(ip)}`, window);
  }

  /** Skips routes outside of `/api`: health, metrics and documents. */
  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    const { url } = context.switchToHttp().getRequest<FastifyRequest>().routeOptions;
    return !this.config.rateLimits.enabled || !url?.startsWith('/api/');
  }

  protected override async handleRequest(throttled: ThrottlerRequest): Promise<boolean> {
    const { context, limit, ttl, blockDuration, getTracker, generateKey } = throttled;
    const { req, res } = this.getRequestResponse(context);
    const name = throttled.throttler.name ?? '';
    const tracker = await getTracker(req, context);
    const key = generateKey(context, tracker, name);
    await this.hit(res as FastifyReply, key, { limit, ttl, blockDuration, name });
    return true;
  }

  private async hit(reply: FastifyReply, key: string, { limit, ttl, blockDuration, name }: Window): Promise<void> {
    const { totalHits, timeToExpire, isBlocked } = await this.storageService.increment(
      ...([key, ttl, limit, blockDuration, name] as const),
    );
    void reply.headers({
      'RateLimit-Limit': limit,
      'RateLimit-Remaining': Math.max(0, limit - totalHits),
      'RateLimit-Reset': timeToExpire,
      'RateLimit-Policy': `${limit};w=${ttl / 1000}`,
    });
    if (!isBlocked) return;
    this.refused.inc({ by: key.split(' ', 1)[0] });
    throw CoreProblem.too_many_requests(
      `Too many requests: ${limit} a minute are allowed; try again in ${timeToExpire} s`,
      { headers: { 'Retry-After': String(timeToExpire) } },
    );
  }
}

/** Returns the throttler's options: key and limit of a request. */
export function optionsFor({ rateLimits }: Config, reflector: Reflector): ThrottlerModuleOptions {
  const subjectOf = (context: ExecutionContext): Subject => {
    const { user, ip } = context.switchToHttp().getRequest<FastifyRequest>();
    if (user) return { key: `user ${user.id}`, limit: rateLimits.roles[user.role] ?? rateLimits.perMinute };
    // Invalid tokens have a counter of their own: a flood of them keeps no neighbour from signing in.
    const by = routePolicyOf(reflector, context) === 'public' ? 'public' : 'token';
    return { key: `${by} ${networkPrefixOf(ip)}`, limit: rateLimits.publicPerMinute };
  };
  return {
    throttlers: [{ ttl: WINDOW_MS, limit: (context) => subjectOf(context).limit }],
    getTracker: (_request, context) => subjectOf(context).key,
    // One counter for all routes together.
    generateKey: (_context, tracker) => tracker,
  };
}
