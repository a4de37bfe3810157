import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor, type Origin } from '../core/actor.js';
import { Clock } from '../core/clock.js';
import { invalidToken } from '../core/roles.guard.js';
import { WorkingCalendar } from '../core/working-calendar.js';
import { Database } from '../database/database.js';
import { AccessTokens, type AccessClaims } from './access-tokens.js';
import { SessionActivity } from './session-activity.js';
import { SessionProblem } from './sessions.events.js';

type Found = Pick<Actor, 'id' | 'username' | 'role' | 'timeZone'> & {
  readonly live: boolean;
  readonly endReason: string | null;
};

/** Whoever an access token stands for, and until when. */
export interface Bearer {
  readonly actor: Actor;
  /** In seconds since 1970. */
  readonly expires: number;
}

/**
 * Turns an access token into the actor, for requests and sockets alike, if its session is alive: asked of the database,
 * so an end counts at once.
 */
@Injectable()
export class SignedIn {
  constructor(
    private readonly database: Database,
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
    private readonly activity: SessionActivity,
    private readonly tokens: AccessTokens,
  ) {}

  /** @throws Problem 401 for a token that is none of ours, or no longer good */
  async byToken(token: string, origin: Origin): Promise<Bearer> {
    return this.byClaims(await this.tokens.claims(token), origin);
  }

  /** @param claims of a token whose signature was verified. @throws Problem 401 */
  async byClaims(claims: Partial<AccessClaims>, origin: Origin): Promise<Bearer> {
    const now = this.clock.now();
    if (!isAccess(claims) || claims.exp * 1000 <= now.getTime()) throw invalidToken();
    const { id, username, role, timeZone } = await this.found(Number(claims.sub), claims.sid, now);
    this.activity.note(claims.sid, now);
    const atWork = this.calendar.isOpen(timeZone, now);
    return { actor: { id, username, role, timeZone, sessionId: claims.sid, atWork, origin }, expires: claims.exp };
  }

  /** Whether a token that was good is not any more, for connections that outlive it. */
  hasExpired({ expires }: Bearer): boolean {
    return expires * 1000 <= this.clock.now().getTime();
  }

  private async found(userId: number, sessionId: number, now: Date): Promise<Found> {
    const found = await this.database.row<Found>(sql`SELECT u.id, u.username, u.role, u.timezone AS "timeZone",
        (s.ended_at IS NULL AND s.expires_at > ${now} AND u.is_active) AS live, s.end_reason AS "endReason"
      FROM user_sessions s JOIN users u ON u.id = s.user_id WHERE s.id = ${sessionId} AND s.user_id = ${userId}`);
    if (found?.endReason === 'session_replaced')
      throw invalidToken(SessionProblem.session_replaced.title, 'session_replaced');
    if (!found?.live) throw invalidToken();
    return found;
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
