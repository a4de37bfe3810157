import sql, { type Sql } from 'sql-template-tag';
import { type Tx } from '../core/tx.js';
import { RegistrationProblem } from './registration.events.js';

/** Any number, as long as nobody else locks by it. */
const LOCK = 1_764_860;

/** Users whose name differs from this one by case at most, whatever the forms of its letters. */
export const sameName = (username: string): Sql => sql`name_key(username) = name_key(${username}::text)`;

/**
 * Keeps a name for the account that this transaction makes: those who want the same wait for its end.
 *
 * @throws Problem 400 where somebody has it
 */
export async function claimName(tx: Tx, username: string): Promise<void> {
  await tx.query(sql`SELECT pg_advisory_xact_lock(${LOCK}::int, hashtext(name_key(${username}::text)))`);
  const taken = await tx.query(sql`SELECT FROM users WHERE ${sameName(username)} LIMIT 1`);
  if (taken.length > 0) throw RegistrationProblem.username_taken();
}
