import sql, { type Sql } from 'sql-template-tag';
import { type LoginAttempt } from './captcha.provider.js';

const SECOND_MS = 1000;
const MAX_DELAY_MS = 60 * SECOND_MS;
export const DAY_MS = 86_400 * SECOND_MS;
/** One address may be that of a whole site: it is slowed down later than an account. */
const ADDRESS_FACTOR = 4;

/** How fast an attempter may go on guessing. */
export interface Pace {
  /** Guesses are admitted one at a time, each counted before its password is verified. */
  readonly serial: boolean;
  /** Time until the next guess is admitted; 0 for now. */
  readonly waitMs: number;
  /** Time for which no guess at all is admitted; 0 where the day has room for more. */
  readonly lockedMs: number;
}

/** Failed logins as `guessesOf` counts them. */
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

/** The statement that counts guesses. */
export function guessesOf({ network, account, device }: LoginAttempt, now: Date, windowMs: number): Sql {
  const [day, window] = [DAY_MS, windowMs].map((ms) => new Date(now.getTime() - ms));
  return sql`SELECT g.*, s.*, l.* FROM
    (SELECT count(*)::int AS total, max(failed_at) AS last,
        (count(*) FILTER (WHERE network = ${network}))::int AS own,
        max(failed_at) FILTER (WHERE network = ${network}) AS "ownLast",
        (count(DISTINCT network) FILTER (WHERE network <> ${network}))::int AS networks
      FROM login_failures
      WHERE account = ${account} AND device_id IS NOT DISTINCT FROM ${device}::uuid AND failed_at > ${day}) g,
    (SELECT count(*)::int AS spread, max(failed_at) AS "spreadLast"
      FROM login_failures WHERE network = ${network} AND failed_at > ${window}) s,
    (SELECT max(until) AS "lockedUntil" FROM login_locks
      WHERE account = ${account} AND device_id IS NOT DISTINCT FROM ${device}::uuid AND until > ${now}) l`;
}

/**
 * The pace that guesses have earned: after `limit` of them on the account, each further one waits 1, 2, 4 … 60 seconds
 * from the one before.
 *
 * Guesses from a single other address do not slow down the user elsewhere, since that address is slowed down itself; a
 * known device waits for its own guesses alone.
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

/** The pause before the next guess: none for the first one beyond the limit. */
export function delayAfter(guesses: number, limit: number): number {
  return guesses <= limit ? 0 : Math.min(MAX_DELAY_MS, SECOND_MS * 2 ** (guesses - limit - 1));
}
