import sql, { type Sql } from 'sql-template-tag';
import { validationError } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { RegistrationProblem } from './registration.problems.js';

/** Any number, as long as nobody else locks by it. */
const LOCK = 1_764_860;
/** The same for names that look alike; always taken after the other one. */
const LOOKS_LOCK = LOCK + 1;
/** Names that sentences and people use for those who have none: the product itself, visitors, whoever is gone. */
export const NOBODYS: readonly string[] = [
  ...[
    'system',
    'visitor',
    'someone',
    'anonymous',
    'unknown',
    'nobody',
    'none',
    'null',
    'undefined',
    'redacted',
    'deleted',
  ],
  ...[
    'sealer',
    'escalation',
    'deadline-warning',
    'delivery',
    'clean-up',
    'refusals',
    'login-protection',
    'task-totals',
  ],
  ...['apply-redactions', 'send-checkpoints', 'import'],
];
/** Names that claim authority: for whoever runs the installation to give. */
const AUTHORITIES = [
  ...['admin', 'administrator', 'root', 'superuser', 'operator', 'moderator', 'support', 'helpdesk', 'security'],
  ...['postmaster', 'webmaster', 'hostmaster', 'abuse', 'noreply', 'no-reply'],
];
/** A first sign-up has its name for so long, so that of several at the same moment one is told that it was first. */
const HOLD_MS = 60_000;

/** Users whose name differs from this one by case at most, whatever the forms of its letters. */
export const sameUsername = (username: string): Sql => sql`name_key(username) = name_key(${username}::text)`;

/** Users whose name looks like this one (UTS 39). */
export const confusableUsername = (username: string): Sql =>
  sql`name_skeleton(username) = name_skeleton(${username}::text)`;

const reserved = (username: string, names: readonly string[]): Sql =>
  // A capital I looks like an l, and is an i as well.
  sql`ARRAY[name_skeleton(${username}::text), name_skeleton(lower(${username}::text))]
    && ARRAY(SELECT name_skeleton(name) FROM unnest(${names}::text[]) AS name)`;

/** Whether a sign-up may not have this name, whoever else has it. */
export const isReservedForSignUp = (username: string): Sql => reserved(username, [...NOBODYS, ...AUTHORITIES]);

/** @returns Problem 422 */
export function reservedName(): Error {
  const message =
    'username is reserved, since it could be taken for the product or for whoever runs it: choose another one';
  return validationError([{ field: 'username', code: 'reserved', message }]);
}

/** @throws Problem 422 where nobody may have the name */
export async function assertNotReserved(tx: AuditedTransaction, username: string): Promise<void> {
  const [row] = await tx.query<{ reserved: boolean }>(sql`SELECT ${reserved(username, NOBODYS)} AS reserved`);
  if (row?.reserved) throw reservedName();
}

/**
 * Keeps a name for the account that this transaction makes or confirms: those who want the same wait for its end.
 * Pending accounts reserve no name.
 *
 * @param own id of the account that is confirmed
 * @throws Problem 400 where another account has the name, 409 where one has a name that looks like it
 */
export async function reserveUsername(
  tx: AuditedTransaction,
  username: string,
  own: number | null = null,
): Promise<void> {
  await tx.query(sql`SELECT pg_advisory_xact_lock(${LOCK}::int, hashtext(name_key(${username}::text)))`);
  const taken = await tx.query(
    sql`SELECT FROM users WHERE ${sameUsername(username)} AND NOT pending AND id IS DISTINCT FROM ${own} LIMIT 1`,
  );
  if (taken.length > 0) throw RegistrationProblem.username_taken();
  await tx.query(sql`SELECT pg_advisory_xact_lock(${LOOKS_LOCK}::int, hashtext(name_skeleton(${username}::text)))`);
  const alike = await tx.query(
    sql`SELECT FROM users WHERE ${confusableUsername(username)} AND NOT pending AND id IS DISTINCT FROM ${own} LIMIT 1`,
  );
  if (alike.length > 0) throw RegistrationProblem.username_confusable();
}

/**
 * The same for a sign-up, which makes a pending account. It is refused as well while the name was asked for a moment
 * ago for the first time; whoever asks again and again does not prolong that.
 *
 * @throws Problem 400
 */
export async function reserveUsernameForSignUp(tx: AuditedTransaction, username: string): Promise<void> {
  await reserveUsername(tx, username);
  const [row] = await tx.query<{ held: boolean | null }>(sql`SELECT
    min(created_at) > ${new Date(tx.now.getTime() - HOLD_MS)} AS held FROM users WHERE ${sameUsername(username)} AND pending`);
  if (row?.held) throw RegistrationProblem.username_taken();
}
