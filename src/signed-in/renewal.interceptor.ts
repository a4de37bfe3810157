import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import sql from 'sql-template-tag';
import { Clock } from '../core/clock.js';
import { Database } from '../database/database.js';
import { AccessTokens } from './access-tokens.js';

const LAST_SECONDS = 120;

/**
 * Hands out a fresh access token with a successful answer, when the one that came is in its last two minutes and the
 * request has not just ended its own session.
 */
@Injectable()
export class RenewalInterceptor implements NestInterceptor {
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
        if (await this.isAlive(user.sessionId))
          void reply.header('X-New-Access-Token', await this.tokens.issue(user.id, user.sessionId));
        return answer;
      }),
    );
  }

  private async isAlive(sessionId: number): Promise<boolean> {
    const row = sql`SELECT id FROM user_sessions WHERE id = ${sessionId} AND ended_at IS NULL`;
    return Boolean(await this.database.row(row));
  }
}
