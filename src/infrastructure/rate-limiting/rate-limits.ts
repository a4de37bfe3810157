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
import { type Actor } from '../../core/authorization/actor.js';
import { type RateLimiter, type SocketCredential } from '../../core/authorization/rate-limiter.js';
import { routePolicyOf } from '../../core/authorization/roles.guard.js';
import { Metrics } from '../monitoring/metrics.js';
import { ThrottlerStore } from './throttler-store.js';

const WINDOW_MS = 60_000;

interface Subject {
  /** Key of the counter; its first word is the metric's label. */
  readonly key: string;
  /** Requests a minute. */
  readonly limit: number;
}

type Counted = Omit<Awaited<ReturnType<ThrottlerStore['increment']>>, 'timeToBlockExpire'>;

/** Limits API requests per minute: for each user by role, for each address where no user is signed in. */
@Injectable()
export class RateLimits extends ThrottlerGuard implements RateLimiter {
  private readonly refused: Counter<'by'>;

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() counters: ThrottlerStorage,
    reflector: Reflector,
    private readonly config: Config,
    private readonly store: ThrottlerStore,
    { registry }: Metrics,
  ) {
    super(options, counters, reflector);
    const help =
      'Requests refused by a rate limit: of a user, on public endpoints, without a good token, of what no endpoint receives, or of sockets';
    this.refused = new Counter({ name: 'ctms_rate_limited_total', help, labelNames: ['by'], registers: [registry] });
  }

  async consume(context: ExecutionContext): Promise<void> {
    await this.canActivate(context);
  }

  async consumeAnonymous({ ip }: FastifyRequest, reply: FastifyReply): Promise<void> {
    // A counter of its own: a foreign page that a user has open, or a scanner, keeps no neighbour from signing in.
    await this.hitOutsideApi(reply, this.anonymous(`refused ${networkPrefixOf(ip)}`));
  }

  async consumeHandshake(actor: Actor, reply: FastifyReply): Promise<void> {
    await this.hitOutsideApi(reply, subjectOfUser(actor, this.config.rateLimits));
  }

  async consumeFailedHandshake({ ip }: FastifyRequest, reply: FastifyReply, by: SocketCredential): Promise<void> {
    await this.hitOutsideApi(reply, this.anonymous(failedHandshakesKey(by, ip)));
  }

  async assertHandshakesLeft({ ip }: FastifyRequest, reply: FastifyReply, by: SocketCredential): Promise<void> {
    if (!this.config.rateLimits.enabled) return;
    const subject = this.anonymous(failedHandshakesKey(by, ip));
    const { spent, seconds } = await this.store.add(subject.key, WINDOW_MS / 1000, 0);
    if (spent >= subject.limit)
      this.answer(reply, subject, { totalHits: spent, timeToExpire: seconds, isBlocked: true });
  }

  /** Skips routes outside of `/api`: health, metrics and documents. */
  protected override async shouldSkip(context: ExecutionContext): Promise<boolean> {
    const { url } = context.switchToHttp().getRequest<FastifyRequest>().routeOptions;
    return !this.config.rateLimits.enabled || !url?.startsWith('/api/');
  }

  protected override async handleRequest({ context, limit, getTracker }: ThrottlerRequest): Promise<boolean> {
    const { req, res } = this.getRequestResponse(context);
    await this.hit(res as FastifyReply, { key: await getTracker(req, context), limit });
    return true;
  }

  private anonymous(key: string): Subject {
    return { key, limit: this.config.rateLimits.publicPerMinute };
  }

  /** Counts what `shouldSkip` does not see. */
  private async hitOutsideApi(reply: FastifyReply, subject: Subject): Promise<void> {
    if (this.config.rateLimits.enabled) await this.hit(reply, subject);
  }

  private async hit(reply: FastifyReply, subject: Subject): Promise<void> {
    this.answer(reply, subject, await this.store.increment(subject.key, WINDOW_MS, subject.limit));
  }

  /** Sets the headers of the limit. @throws Problem 429 beyond it */
  private answer(reply: FastifyReply, { key, limit }: Subject, { totalHits, timeToExpire, isBlocked }: Counted): void {
    void reply.headers({
      'RateLimit-Limit': limit,
      'RateLimit-Remaining': Math.max(0, limit - totalHits),
      'RateLimit-Reset': timeToExpire,
      'RateLimit-Policy': `${limit};w=${WINDOW_MS / 1000}`,
    });
    if (!isBlocked) return;
    this.refused.inc({ by: key.split(' ', 1)[0] });
    throw CoreProblem.too_many_requests(
      `Too many requests: ${limit} a minute are allowed; try again in ${timeToExpire} s`,
      { headers: { 'Retry-After': String(timeToExpire) } },
    );
  }
}

const subjectOfUser = ({ id, role }: Actor, { perMinute, roles }: Config['rateLimits']): Subject => ({
  key: `user ${id}`,
  limit: roles[role] ?? perMinute,
});

const failedHandshakesKey = (by: SocketCredential, ip: string): string => `socket_${by} ${networkPrefixOf(ip)}`;

/** Returns the throttler's options: key and limit of a request. */
export function optionsFor({ rateLimits }: Config, reflector: Reflector): ThrottlerModuleOptions {
  const subjectOf = (context: ExecutionContext): Subject => {
    const { user, ip } = context.switchToHttp().getRequest<FastifyRequest>();
    if (user) return subjectOfUser(user, rateLimits);
    // Invalid tokens have a counter of their own: a flood of them keeps no neighbour from signing in.
    const by = routePolicyOf(reflector, context) === 'public' ? 'public' : 'token';
    return { key: `${by} ${networkPrefixOf(ip)}`, limit: rateLimits.publicPerMinute };
  };
  return {
    throttlers: [{ ttl: WINDOW_MS, limit: (context) => subjectOf(context).limit }],
    // One counter for all routes together.
    getTracker: (_request, context) => subjectOf(context).key,
  };
}
