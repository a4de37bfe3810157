import { problems } from '../../core/http/problem.js';
import { type SessionEnd } from './session.entity.js';

export const SessionProblem = problems({
  invalid_refresh_token: [401, 'The refresh token is missing, invalid or expired; sign in again'],
  refresh_token_reused: [401, 'The refresh token was used before; for safety the session is ended, sign in again'],
  session_limit: [400, 'You are signed in on as many devices as allowed'],
  session_not_found: [404, 'No such session'],
});

/** A session that ended, after the commit. */
export interface SessionEnded {
  readonly sessionId: number;
  readonly userId: number;
  readonly reason: SessionEnd;
}

/** A session that was opened. */
export interface SessionOpened {
  readonly sessionId: number;
  readonly userId: number;
  /** Whether the user has had sessions before, and none on this device. */
  readonly newDevice: boolean;
}

declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    'session.opened': SessionOpened;
    'session.ended': SessionEnded;
  }
}
