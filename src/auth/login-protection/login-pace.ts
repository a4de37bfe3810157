import { type LoginAttempt } from './captcha.provider.js';

const SECOND_MS = 1000;
const MAX_DELAY_MS = 60 * SECOND_MS;
export const DAY_MS = 86_400 * SECOND_MS;
/** An address may be shared by a whole site, so it is slowed down later than an account. */
const ADDRESS_FACTOR = 4;

/** The rate at which log-in attempts are admitted. */
export interface Pace {
  /** True where attempts are admitted one at a time, each counted before its password is verified. */
  readonly serial: boolean;
  /** Milliseconds until the next attempt is admitted; 0 for now. */
  readonly waitMs: number;
  /** Milliseconds of a lock; 0 where there is none. */
  readonly lockedMs: number;
}

/** Failed log-ins as `LoginFailures` counts them. */
export interface Guesses {
  /** On the account within a day, from all unknown devices or from this known one. */
  readonly total: number;
  readonly last: Date | null;
  /** Of these, from the address of the attempt. */
  readonly own: number;
  readonly ownLast: Date | null;
  /** The number of other addresses. */
  readonly networks: number;
  /** From the address on any account within the window. */
  readonly spread: number;
  readonly spreadLast: Date | null;
  readonly lockedUntil: Date | null;
}

/**
 * Computes the pace from earlier guesses: after `limit` of them on the account, each further one waits 1, 2, 4 … 60
 * seconds from the one before.
 *
 * Guesses from a single other address do not slow down the user elsewhere, since that address is slowed down itself. A
 * known device is slowed down by its own guesses alone.
 */
export function paceOf(guesses: Guesses, { device }: LoginAttempt, limit: number, now: Date): Pace {
  const { total, last, own, ownLast, networks, spread, spreadLast, lockedUntil } = guesses;
  const waits = [
    device !== null || networks > 1 ? waitAfter(total, last, limit, now) : waitAfter(own, ownLast, limit, now),
    ...(device === null ? [waitAfter(spread, spreadLast, limit * ADDRESS_FACTOR, now)] : []),
  ];
  const lockedMs = lockedUntil ? lockedUntil.getTime() - now.getTime() : 0;
  const serial = waits.some((wait) => wait !== undefined);
  return { serial, waitMs: Math.max(...waits.map((wait) => wait ?? 0)), lockedMs };
}

/** @returns undefined below the limit, where guesses need not come one at a time */
function waitAfter(guesses: number, last: Date | null, limit: number, now: Date): number | undefined {
  if (guesses < limit || !last) return undefined;
  return Math.max(0, last.getTime() + delayAfter(guesses, limit) - now.getTime());
}

/** @returns milliseconds before the next guess; 0 for the first one beyond the limit */
function delayAfter(guesses: number, limit: number): number {
  return guesses <= limit ? 0 : Math.min(MAX_DELAY_MS, SECOND_MS * 2 ** (guesses - limit - 1));
}
