import { type ExecutionContext } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';

/**
 * Limits requests per user or address. `RolesGuard` calls it after authentication and before the route's policy, so
 * that denied requests count, and requests with an invalid token too.
 */
export abstract class RateLimiter {
  /** Counts a request and sets the headers of the limit on its response. @throws Problem 429 `too_many_requests` */
  abstract consume(context: ExecutionContext): Promise<void>;

  /** Counts a request that matches no route, as an anonymous one. @throws Problem 429 */
  abstract consumeAnonymous(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}
