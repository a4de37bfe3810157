import { type ExecutionContext } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';

/**
 * How many requests somebody may make. Asked by `RolesGuard` once it is known who calls, and before the policy of the
 * route is: so refusals count, and so do requests whose token is none.
 */
export abstract class RateLimiter {
  /** Counts a request, and says so in the headers of its answer. @throws Problem 429 `too_many_requests` */
  abstract consume(context: ExecutionContext): Promise<void>;

  /** The same for a request that comes to no route, as if of a visitor. @throws Problem 429 */
  abstract consumeAnonymous(request: FastifyRequest, reply: FastifyReply): Promise<void>;
}
