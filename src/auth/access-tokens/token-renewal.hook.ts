import { Injectable, Logger } from '@nestjs/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

import { type Actor } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { AccessTokensService } from './access-tokens.service.js';
import { ActiveSessionsRepository } from './active-sessions.repository.js';

const RENEWAL_WINDOW_MS = 120_000;

/**
 * Adds a new access token to a successful response when the token of the request is in its last two minutes, its session
 * is active and the refresh token was not rotated since: a thief of the access token alone loses it when the owner
 * refreshes (decision 92). A failed renewal does not fail the request; the next request tries again.
 */
@Injectable()
export class TokenRenewalHook {
  private readonly logger = new Logger(TokenRenewalHook.name);

  constructor(
    private readonly tokens: AccessTokensService,
    private readonly clock: Clock,
    private readonly sessions: ActiveSessionsRepository,
  ) {}

  /** Registers the hook on every request: most need no renewal, and a hook costs less than an interceptor. */
  register(server: FastifyInstance): void {
    server.addHook('onSend', (request, reply, payload, done) => {
      if (!this.isDue(request, reply)) return done(null, payload);
      void this.renew(request, reply).finally(() => done(null, payload));
    });
  }

  private isDue({ tokenExpires }: FastifyRequest, { statusCode }: FastifyReply): boolean {
    return (
      tokenExpires !== undefined &&
      statusCode < 400 &&
      tokenExpires * 1000 - this.clock.now().getTime() <= RENEWAL_WINDOW_MS
    );
  }

  private async renew({ user, tokenExpires = 0, tokenGeneration }: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { id, sessionId } = user as Actor;
    try {
      const end = await this.sessions.findExpiry(sessionId, tokenGeneration);
      // A token never outlives its session, so the last one is not renewed.
      if (!end || end.getTime() <= tokenExpires * 1000) return;
      void reply.header('X-New-Access-Token', await this.tokens.issue(id, sessionId, tokenGeneration, end));
    } catch (error) {
      this.logger.warn({ msg: 'An access token was not renewed', reason: String(error) });
    }
  }
}
