import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy, type StrategyOptionsWithRequest } from 'passport-jwt';
import sql from 'sql-template-tag';
import { Config } from '../config/config.js';
import { originOf, type Actor } from '../core/actor.js';
import { Clock } from '../core/clock.js';
import { invalidToken } from '../core/roles.guard.js';
import { WorkingCalendar } from '../core/working-calendar.js';
import { Database } from '../database/database.js';
import { ALGORITHM, signingKey, type AccessClaims } from './access-tokens.js';
import { SessionActivity } from './session-activity.js';
import { SessionProblem } from './sessions.events.js';

type Found = Pick<Actor, 'id' | 'username' | 'role' | 'timeZone'> & {
  readonly live: boolean;
  readonly endReason: string | null;
};

declare module 'fastify' {
  interface FastifyRequest {
    /** When the access token of this request expires, in seconds since 1970. */
    tokenExpires?: number;
  }
}

/** Turns an access token into the actor, if its session is alive: asked of the database, so an end counts at once. */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    config: Config,
    private readonly database: Database,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
    private readonly activity: SessionActivity,
  ) {
    const key = signingKey(config);
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, _token: unknown, done: (error: null, key: unknown) => void) =>
        done(null, key),
      algorithms: [ALGORITHM],
      // Judged in `validate`, by the clock of the product.
      ignoreExpiration: true,
      passReqToCallback: true,
    } as unknown as StrategyOptionsWithRequest);
  }

  async validate(request: FastifyRequest, claims: Partial<AccessClaims>): Promise<Actor> {
    const { sub, sid } = claims;
    const now = this.clock.now();
    if (!isAccess(claims) || claims.exp * 1000 <= now.getTime()) throw invalidToken();
    const found = await this.database.row<Found>(sql`SELECT u.id, u.username, u.role, u.timezone AS "timeZone",
        (s.ended_at IS NULL AND s.expires_at > ${now} AND u.is_active) AS live, s.end_reason AS "endReason"
      FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${sid} AND s.user_id = ${Number(sub)}`);
    if (found?.endReason === 'session_replaced')
      throw invalidToken(SessionProblem.session_replaced.title, 'session_replaced');
    if (!found?.live) throw invalidToken();
    const { id, username, role, timeZone } = found;
    request.tokenExpires = claims.exp;
    this.activity.note(claims.sid, now);
    return {
      id,
      username,
      role,
      timeZone,
      sessionId: claims.sid,
      atWork: this.calendar.isOpen(timeZone, now),
      origin: originOf(request),
    };
  }
}

/** A token without one of these, however well signed, is none of ours. */
function isAccess(claims: Partial<AccessClaims>): claims is AccessClaims {
  const { sub, sid, type, iat, exp } = claims;
  const id = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= 2_147_483_647;
  return (
    type === 'access' &&
    id(sid) &&
    typeof sub === 'string' &&
    id(Number(sub)) &&
    Number.isFinite(iat) &&
    Number.isFinite(exp)
  );
}
