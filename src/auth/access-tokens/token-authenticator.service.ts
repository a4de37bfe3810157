import { Injectable } from '@nestjs/common';
import { type Actor, type RequestContext } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { invalidToken } from '../../core/authorization/roles.guard.js';
import { Problem } from '../../core/http/problem.js';
import { WorkingCalendar } from '../../core/authorization/working-calendar.js';
import { Config } from '../../core/config/config.js';
import { AccessTokensService, AUDIENCE, type AccessClaims } from './access-tokens.service.js';
import { type ActiveSession } from './active-sessions.repository.js';
import { SessionCache } from './session.cache.js';
import { SessionActivity } from './session-activity.service.js';

/** The actor that an access token authenticates, and its expiry. */
export interface AuthenticatedToken {
  readonly actor: Actor;
  /** Seconds since 1970. */
  readonly expires: number;
  /** Generation of the refresh token when the access token was issued. */
  readonly generation: number | undefined;
}

/** Authenticates a session without an access token, as the ticket of a WebSocket does. */
export interface SessionToken {
  readonly userId: number;
  readonly sessionId: number;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** Authenticates access tokens of requests and sockets, whose sessions must be active (`SessionCache`). */
@Injectable()
export class TokenAuthenticator {
  private readonly started: number;

  constructor(
    private readonly calendar: WorkingCalendar,
    private readonly clock: Clock,
    private readonly activity: SessionActivity,
    private readonly tokens: AccessTokensService,
    private readonly sessionCache: SessionCache,
    private readonly config: Config,
  ) {
    this.started = clock.now().getTime() / 1000;
  }

  /** @throws Problem 401 for an unknown or expired token, or where its session has ended */
  async authenticateToken(token: string, requestContext: RequestContext): Promise<AuthenticatedToken> {
    return this.authenticateClaims(await this.tokens.claims(token), requestContext);
  }

  /** @param claims claims of a token whose signature was verified. @throws Problem 401 */
  async authenticateClaims(claims: Partial<AccessClaims>, requestContext: RequestContext): Promise<AuthenticatedToken> {
    if (!isAccess(claims) || !this.isOurs(claims)) throw invalidToken();
    const token = { userId: Number(claims.sub), sessionId: claims.sid, expires: claims.exp };
    return { ...(await this.authenticateSession(token, requestContext)), generation: claims.gen };
  }

  /** @throws Problem 401 where the token has expired, or its session has ended */
  async authenticateSession(
    { userId, sessionId, expires }: SessionToken,
    requestContext: RequestContext,
  ): Promise<AuthenticatedToken> {
    const now = this.clock.now();
    if (expires * 1000 <= now.getTime()) throw invalidToken();
    const session = await this.sessionCache.get(sessionId);
    if (!session || session.id !== userId || session.expiresAt <= now) throw invalidToken();
    this.activity.touch(sessionId, now);
    return { actor: this.actorOf(session, sessionId, requestContext), expires, generation: undefined };
  }

  /** Returns the actor of a connection with the current attributes of its user; undefined where its session has ended. */
  async currentActor({ actor: { sessionId, requestContext } }: AuthenticatedToken): Promise<Actor | undefined> {
    try {
      const session = await this.sessionCache.get(sessionId);
      return session && this.actorOf(session, sessionId, requestContext);
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }

  private actorOf(session: ActiveSession, sessionId: number, requestContext: RequestContext): Actor {
    const { id, username, role, timeZone, facts } = session;
    const now = this.clock.now();
    const { criticalException, secondFactorRequiredFor } = this.config;
    return {
      id,
      username,
      role,
      timeZone,
      sessionId,
      atWork: this.calendar.isOpen(timeZone, now),
      now,
      criticalException,
      requestContext,
      mustEnrol: !session.hasSecondFactor && secondFactorRequiredFor.includes(role),
      narrowings: facts.activate({ id, role, now }),
    };
  }

  /** Accepts tokens of earlier releases, without issuer and audience, until those issued before the start have expired. */
  private isOurs({ iss, aud, iat }: AccessClaims): boolean {
    if (iss === undefined && aud === undefined) return iat <= this.started + this.config.accessTokenSeconds;
    return iss === this.config.appName && aud === AUDIENCE;
  }

  /** Checks the expiry alone, for connections that outlive their token. */
  hasExpired({ expires }: AuthenticatedToken): boolean {
    return expires * 1000 <= this.clock.now().getTime();
  }
}

/** Checks that the claims have the form that `AccessTokensService.issue` gives them. */
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
