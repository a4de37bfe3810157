import { type ExecutionContext } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Actor } from './actor.js';

/** Credentials of a WebSocket, which fail separately: an open page with an old token keeps no neighbour's tickets from working. */
export type SocketCredential = 'ticket' | 'token';

/**
 * Limits requests per user or address. `RolesGuard` calls it after authentication and before the route's policy, so
 * that denied requests count, and requests with an invalid token too.
 */
export abstract class RateLimiter {
  /** Counts a request and sets the headers of the limit on its response. @throws Problem 429 `too_many_requests` */
  abstract consume(context: ExecutionContext): Promise<void>;

  /** Counts a request that matches no route, as an anonymous one. @throws Problem 429 */
  abstract consumeAnonymous(request: FastifyRequest, reply: FastifyReply): Promise<void>;

  /** Counts the handshake of an authenticated WebSocket as a request of its user. @throws Problem 429 */
  abstract consumeHandshake(actor: Actor, reply: FastifyReply): Promise<void>;

  /** Counts a handshake that failed authentication, by address. @throws Problem 429 */
  abstract consumeFailedHandshake(request: FastifyRequest, reply: FastifyReply, by: SocketCredential): Promise<void>;

  /** Asserts that another handshake of the address may fail, without counting it. @throws Problem 429 */
  abstract assertHandshakesLeft(request: FastifyRequest, reply: FastifyReply, by: SocketCredential): Promise<void>;
}
