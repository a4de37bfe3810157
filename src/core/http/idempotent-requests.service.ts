import { hkdfSync } from 'node:crypto';
import { Injectable, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type FastifyRequest } from 'fastify';
import { routePolicyOf } from '../authorization/roles.guard.js';
import { Config } from '../config/config.js';
import { IdempotencyStore, type CompletedRequest } from '../persistence/idempotency-store.js';
import { OMITTED_FROM_REPLAY, PUBLIC_REFUSES_KEY, REFUSES_KEY } from './idempotency.decorators.js';
import { fingerprintOf, idempotencyKeyOf, type IdempotentRequest } from './idempotency-key.header.js';
import { CoreProblem, type Problem } from './problem.js';

/** Repeating these is harmless by itself (RFC 9110 §9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

declare module 'fastify' {
  interface FastifyRequest {
    /** Why the request may not be done now. It was done before, so its answer is sent again, and nothing else. */
    replayOnly?: Problem;
  }
}

/** Identifies requests that carry an `Idempotency-Key`. */
@Injectable()
export class IdempotentRequestsService {
  private readonly secret: Buffer;

  constructor(
    private readonly reflector: Reflector,
    private readonly store: IdempotencyStore,
    { secretKey }: Config,
  ) {
    this.secret = Buffer.from(hkdfSync('sha256', secretKey, '', 'ctms idempotency keys', 32));
  }

  /**
   * The request, where it carries a key and is not safe by its method.
   *
   * @throws Problem 422 for a key that cannot be one, or on a route that takes none
   */
  identify(context: ExecutionContext): IdempotentRequest | undefined {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.headers['idempotency-key'] === undefined || SAFE.has(request.method)) return undefined;
    const why = this.refusalOf(context);
    if (why) throw CoreProblem.idempotency_key_not_taken(`This takes no Idempotency-Key: ${why}`);
    const key = idempotencyKeyOf(request);
    if (key === undefined || !request.user) return undefined;
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    return { userId: request.user.id, route, key, fingerprint: fingerprintOf(request, this.secret) };
  }

  /** Admits a request that may not be done now but was done before: its answer is all that it gets. */
  async admitsReplay(context: ExecutionContext, denial: Problem): Promise<boolean> {
    const identified = this.identify(context);
    if (!identified || !(await this.store.find(identified))) return false;
    context.switchToHttp().getRequest<FastifyRequest>().replayOnly = denial;
    return true;
  }

  /** @throws Problem 422 where another request was done under the same key */
  async find(identified: IdempotentRequest): Promise<CompletedRequest | undefined> {
    const completed = await this.store.find(identified);
    if (completed && !completed.fingerprint.equals(identified.fingerprint)) throw CoreProblem.idempotency_key_reused();
    return completed;
  }

  /** Members of an answer that are not stored. */
  omitted(context: ExecutionContext): readonly string[] {
    return this.reflector.get<readonly string[] | undefined>(OMITTED_FROM_REPLAY, context.getHandler()) ?? [];
  }

  private refusalOf(context: ExecutionContext): string | undefined {
    const declared = [context.getHandler(), context.getClass()];
    if (routePolicyOf(this.reflector, context) === 'public') return PUBLIC_REFUSES_KEY;
    return this.reflector.getAllAndOverride<string | undefined>(REFUSES_KEY, declared);
  }
}
