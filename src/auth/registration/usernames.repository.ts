import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';

/** Advisory-lock class of user names; any number that no other lock uses. */
const NAME_LOCK = 1_764_860;
/** Advisory-lock class of the skeletons of confusable names, acquired after `NAME_LOCK`. */
const SKELETON_LOCK = NAME_LOCK + 1;

/** Conflicts of a sign-up with reserved names and verified accounts. */
export interface SignUpConflicts {
  readonly name: boolean;
  readonly email: boolean;
  readonly reserved: boolean;
  readonly alike: boolean;
}

/** Looks up and locks user names, by the keys that `name_key` and `name_skeleton` make of them. */
@Injectable()
export class UsernamesRepository {
  constructor(private readonly database: Database) {}

  async findSignUpConflicts(username: string, email: string, reserved: readonly string[]): Promise<SignUpConflicts> {
    const found = await this.database.row<SignUpConflicts>(sql`SELECT
      ${looksLikeOneOf(username, reserved)} AS reserved,
      EXISTS (SELECT FROM users WHERE ${isConfusable(username)} AND NOT pending) AS alike,
      EXISTS (SELECT FROM users WHERE ${isSameName(username)} AND NOT pending) AS name,
      EXISTS (SELECT FROM users WHERE lower(email) = lower(${email}) AND NOT pending) AS email`);
    return found as SignUpConflicts;
  }

  async isReserved(tx: AuditedTransaction, username: string, reserved: readonly string[]): Promise<boolean> {
    const [row] = await tx.query<{ reserved: boolean }>(sql`SELECT ${looksLikeOneOf(username, reserved)} AS reserved`);
    return row?.reserved ?? false;
  }

  /** Waits for other transactions that reserve the same name, in any case, until the end of this one. */
  async lockName(tx: AuditedTransaction, username: string): Promise<void> {
    await tx.query(sql`SELECT pg_advisory_xact_lock(${NAME_LOCK}::int, hashtext(name_key(${username}::text)))`);
  }

  /** Waits for other transactions that reserve a confusable name, until the end of this one. */
  async lockSkeleton(tx: AuditedTransaction, username: string): Promise<void> {
    await tx.query(
      sql`SELECT pg_advisory_xact_lock(${SKELETON_LOCK}::int, hashtext(name_skeleton(${username}::text)))`,
    );
  }

  /** Looks for another account with the name that is not pending. */
  isTaken(tx: AuditedTransaction, username: string, exceptId: number | null): Promise<boolean> {
    return existsOther(tx, isSameName(username), exceptId);
  }

  /** Looks for another account with a confusable name (UTS 39) that is not pending. */
  hasConfusable(tx: AuditedTransaction, username: string, exceptId: number | null): Promise<boolean> {
    return existsOther(tx, isConfusable(username), exceptId);
  }

  /** Compares a time with the first pending sign-up of a name. */
  async wasFirstRequestedAfter(tx: AuditedTransaction, username: string, time: Date): Promise<boolean> {
    const [row] = await tx.query<{ held: boolean | null }>(sql`SELECT
    min(created_at) > ${time} AS held FROM users WHERE ${isSameName(username)} AND pending`);
    return row?.held ?? false;
  }
}

async function existsOther(tx: AuditedTransaction, condition: Sql, exceptId: number | null): Promise<boolean> {
  const found = await tx.query(
    sql`SELECT FROM users WHERE ${condition} AND NOT pending AND id IS DISTINCT FROM ${exceptId} LIMIT 1`,
  );
  return found.length > 0;
}

const isSameName = (username: string): Sql => sql`name_key(username) = name_key(${username}::text)`;

const isConfusable = (username: string): Sql => sql`name_skeleton(username) = name_skeleton(${username}::text)`;

const looksLikeOneOf = (username: string, names: readonly string[]): Sql =>
  // A capital I is confusable with l and is a form of i, so the lower-case form is compared, too.
  sql`ARRAY[name_skeleton(${username}::text), name_skeleton(lower(${username}::text))]
    && ARRAY(SELECT name_skeleton(name) FROM unnest(${names}::text[]) AS name)`;
