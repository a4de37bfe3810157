import { Injectable, Logger } from '@nestjs/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import sql from 'sql-template-tag';
import { type Actor } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { Database } from '../../infrastructure/database/database.js';
import { AccessTokens } from './access-tokens.service.js';

const LAST_MS = 120_000;

/**
 * Adds a fresh access token to a successful answer when the one that came is in its last two minutes, its session lives
 * and the refresh token was not rotated since it was issued: whoever has the access token alone loses it when the owner
 * refreshes (decision 92). What was done stands whether or not that succeeds; the next request tries again.
 */
@Injectable()
export class TokenRenewalHook {
  private readonly logger = new Logger(TokenRenewalHook.name);

  constructor(
    private readonly tokens: AccessTokens,
    private readonly clock: Clock,
    private readonly database: Database,
  ) {}

  /** @param server each of whose requests is looked at: a hook costs less than an interceptor, and few have much to do */
  register(server: FastifyInstance): void {
    server.addHook('onSend', (request, reply, payload, done) => {
      if (!this.isDue(request, reply)) return done(null, payload);
      void this.renew(request, reply).finally(() => done(null, payload));
    });
  }

  private isDue({ tokenExpires }: FastifyRequest, { statusCode }: FastifyReply): boolean {
    return (
      tokenExpires !== undefined && statusCode < 400 && tokenExpires * 1000 - this.clock.now().getTime() <= LAST_MS
    );
  }

  private async renew({ user, tokenExpires = 0, tokenGeneration }: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { id, sessionId } = user as Actor;
    try {
      const session = await this.database.row<{ end: Date }>(sql`SELECT expires_at AS end FROM user_sessions
        WHERE id = ${sessionId} AND ended_at IS NULL AND generation = ${tokenGeneration ?? null}`);
      // The last token of a session ends with it, and no other is of any use.
      if (!session || session.end.getTime() <= tokenExpires * 1000) return;
      void reply.header('X-New-Access-Token', await this.tokens.issue(id, sessionId, tokenGeneration, session.end));
    } catch (error) {
      this.logger.warn({ msg: 'An access token was not renewed', reason: String(error) });
    }
  }
}
