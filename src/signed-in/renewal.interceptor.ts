import { Injectable, Logger, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import sql from 'sql-template-tag';
import { type Actor } from '../core/actor.js';
import { Clock } from '../core/clock.js';
import { Database } from '../database/database.js';
import { AccessTokens } from './access-tokens.js';

const LAST_SECONDS = 120;

/**
 * Hands out a fresh access token with a successful answer, when the one that came is in its last two minutes and the
 * request has not just ended its own session. What was done stands whether or not that succeeds; the next request tries again.
 */
@Injectable()
export class RenewalInterceptor implements NestInterceptor {
  private readonly logger = new Logger(RenewalInterceptor.name);

  constructor(
    private readonly tokens: AccessTokens,
    private readonly clock: Clock,
    private readonly database: Database,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { user, tokenExpires } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!user || !tokenExpires || tokenExpires - this.clock.now().getTime() / 1000 > LAST_SECONDS) return next.handle();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        const token = await this.renewed(user).catch((error: unknown) => {
          this.logger.warn({ msg: 'An access token was not renewed', reason: String(error) });
        });
        if (token) void reply.header('X-New-Access-Token', token);
        return answer;
      }),
    );
  }

  private async renewed({ id, sessionId }: Actor): Promise<string | undefined> {
    const alive = sql`SELECT id FROM user_sessions WHERE id = ${sessionId} AND ended_at IS NULL`;
    return (await this.database.row(alive)) && this.tokens.issue(id, sessionId);
  }
}
