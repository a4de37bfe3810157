import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { requestContextOf, type Actor } from '../../core/authorization/actor.js';
import { bearerToken } from '../../core/authorization/bearer-token.js';
import { RateLimiter, type SocketCredential } from '../../core/authorization/rate-limiter.js';
import { invalidToken } from '../../core/authorization/roles.guard.js';
import { Config } from '../../core/config/config.js';
import { CoreProblem, Problem } from '../../core/http/problem.js';
import { TokenAuthenticator, type AuthenticatedToken } from '../../auth/access-tokens/token-authenticator.service.js';
import { SocketTicketsService } from './socket-tickets.service.js';

/** Authenticates by a ticket, by an access token in the URL where that is allowed, or by one in the header. */
@Injectable()
export class SocketAuthenticator {
  constructor(
    private readonly config: Config,
    private readonly authenticator: TokenAuthenticator,
    private readonly tickets: SocketTicketsService,
    private readonly rateLimiter: RateLimiter,
  ) {}

  /**
   * Counts the handshake for its user, or as a failed one for its address.
   *
   * @throws Problem 401; 403 `second_factor_enrolment_required`; 429
   */
  async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<AuthenticatedToken> {
    const bearer = await this.bearerOf(request, reply);
    await this.rateLimiter.consumeHandshake(bearer.actor, reply);
    if (bearer.actor.mustEnrol) throw CoreProblem.second_factor_enrolment_required();
    return bearer;
  }

  /**
   * Returns the user of a connection as extensions narrow them now; undefined where the session has ended. Without such
   * extensions, the user as authenticated.
   */
  readerOf(bearer: AuthenticatedToken): Promise<Actor | undefined> {
    return bearer.actor.narrowings?.length ? this.authenticator.currentActor(bearer) : Promise.resolve(bearer.actor);
  }

  /** Checks the session of a connection; reads nothing where it is cached. */
  async isActive(bearer: AuthenticatedToken): Promise<boolean> {
    return (await this.authenticator.currentActor(bearer)) !== undefined;
  }

  /** True where the user has got a role that needs a second factor since, or has taken the second factor away. */
  async mustEnrol(bearer: AuthenticatedToken): Promise<boolean> {
    if (this.config.secondFactorRequiredFor.length === 0) return false;
    return (await this.authenticator.currentActor(bearer))?.mustEnrol === true;
  }

  hasExpired(bearer: AuthenticatedToken): boolean {
    return this.authenticator.hasExpired(bearer);
  }

  private async bearerOf(request: FastifyRequest, reply: FastifyReply): Promise<AuthenticatedToken> {
    const { ticket } = request.query as { ticket?: string | string[] };
    const by: SocketCredential = typeof ticket === 'string' ? 'ticket' : 'token';
    try {
      if (typeof ticket !== 'string') return await this.authenticateToken(request);
      // Before the database is asked: a ticket, unlike a token, has no signature to check first.
      await this.rateLimiter.assertHandshakesLeft(request, reply, by);
      return await this.authenticateTicket(ticket, request);
    } catch (error) {
      if (error instanceof Problem && error.getStatus() === 401)
        await this.rateLimiter.consumeFailedHandshake(request, reply, by);
      throw error;
    }
  }

  private async authenticateTicket(ticket: string, request: FastifyRequest): Promise<AuthenticatedToken> {
    const session = await this.tickets.redeem(ticket);
    if (!session) throw invalidToken();
    return this.authenticator.authenticateSession(session, requestContextOf(request));
  }

  private authenticateToken(request: FastifyRequest): Promise<AuthenticatedToken> {
    const { token } = request.query as { token?: string | string[] };
    const header = bearerToken(request.headers.authorization);
    const inUrl = typeof token === 'string' && this.config.webSocketTokenInUrl ? token : undefined;
    return this.authenticator.authenticateToken(inUrl ?? header ?? '', requestContextOf(request));
  }
}
