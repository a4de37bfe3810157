import sql, { type Sql } from 'sql-template-tag';
import { type Tx } from '../core/tx.js';
import { RegistrationProblem } from './registration.events.js';

/** Any number, as long as nobody else locks by it. */
const LOCK = 1_764_860;
/** A first sign-up has its name for so long, so that of several at the same moment one is told that it was first. */
const HOLD_MS = 60_000;

/** Users whose name differs from this one by case at most, whatever the forms of its letters. */
export const sameName = (username: string): Sql => sql`name_key(username) = name_key(${username}::text)`;

/**
 * Keeps a name for the account that this transaction makes or confirms: those who want the same wait for its end.
 * Pending accounts reserve no name.
 *
 * @param own id of the account that is confirmed
 * @throws Problem 400 where another account has the name
 */
export async function claimName(tx: Tx, username: string, own: number | null = null): Promise<void> {
  await tx.query(sql`SELECT pg_advisory_xact_lock(${LOCK}::int, hashtext(name_key(${username}::text)))`);
  const taken = await tx.query(
    sql`SELECT FROM users WHERE ${sameName(username)} AND NOT pending AND id IS DISTINCT FROM ${own} LIMIT 1`,
  );
  if (taken.length > 0) throw RegistrationProblem.username_taken();
}

/**
 * The same for a sign-up, which makes a pending account. It is refused as well while the name was asked for a moment
 * ago for the first time; whoever asks again and again does not prolong that.
 *
 * @throws Problem 400
 */
export async function claimNameForSignUp(tx: Tx, username: string): Promise<void> {
  await claimName(tx, username);
  const [row] = await tx.query<{ held: boolean | null }>(sql`SELECT
    min(created_at) > ${new Date(tx.now.getTime() - HOLD_MS)} AS held FROM users WHERE ${sameName(username)} AND pending`);
  if (row?.held) throw RegistrationProblem.username_taken();
}
