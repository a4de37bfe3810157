import { type SessionEnd } from './session.entity.js';

/** Published after a session ended. */
export interface SessionEnded {
  readonly sessionId: number;
  readonly userId: number;
  readonly reason: SessionEnd;
}

/** Published after a session was opened. */
export interface SessionOpened {
  readonly sessionId: number;
  readonly userId: number;
  /** True where the user had sessions before, but none on this device. */
  readonly newDevice: boolean;
}

declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    'session.opened': SessionOpened;
    'session.ended': SessionEnded;
  }
}
