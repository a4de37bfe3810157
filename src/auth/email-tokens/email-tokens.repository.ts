import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { Clock } from '../../core/clock.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { type StoredToken, type TokenKind } from './token-kinds.js';

/** A token that a user can redeem. */
export interface RedeemableToken {
  readonly id: number;
  readonly userId: number;
}

/** A stored token with the attributes of its user that a mail shows. */
export interface DeliverableToken {
  readonly tokenHash: string;
  readonly tokenSalt: string;
  readonly email: string;
  readonly expiresAt: Date;
  readonly username: string;
  readonly timeZone: string;
  readonly emailVerified: boolean;
}

/** The latest verification token for an address. */
export interface LatestVerification extends RedeemableToken {
  readonly salt: string;
  readonly open: boolean;
}

/** Statements on `email_verification_tokens` and `password_reset_tokens`. */
@Injectable()
export class EmailTokensRepository {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Draws the id of a new row before it is inserted, since the token is derived from it. */
  async nextId(tx: AuditedTransaction, { table }: TokenKind<StoredToken>): Promise<number> {
    const [row] = await tx.query<{ id: number }>(
      sql`SELECT nextval(pg_get_serial_sequence(${table}, 'id'))::int AS id`,
    );
    return (row as { id: number }).id;
  }

  async hasOpen(tx: AuditedTransaction, { table }: TokenKind<StoredToken>, userId: number): Promise<boolean> {
    const open = await tx.query(sql`SELECT FROM ${raw(table)}
      WHERE user_id = ${userId} AND used_at IS NULL AND expires_at > ${tx.now} LIMIT 1`);
    return open.length > 0;
  }

  async wasIssuedSince(
    tx: AuditedTransaction,
    { table }: TokenKind<StoredToken>,
    userId: number,
    since: Date,
  ): Promise<boolean> {
    const issued = await tx.query(sql`SELECT FROM ${raw(table)}
      WHERE user_id = ${userId} AND created_at > ${since} LIMIT 1`);
    return issued.length > 0;
  }

  /** Locks the tokens of a user that were not used yet, also expired ones. */
  async lockUnused<T extends StoredToken>(tx: AuditedTransaction, kind: TokenKind<T>, userId: number): Promise<T[]> {
    const found = await tx.query<{ id: number }>(
      sql`SELECT id FROM ${raw(kind.table)} WHERE user_id = ${userId} AND used_at IS NULL`,
    );
    const ids = found.map(({ id }) => id);
    return tx.lock(kind.entity, ids, sql`used_at IS NULL`);
  }

  async lockRedeemable<T extends StoredToken>(
    tx: AuditedTransaction,
    kind: TokenKind<T>,
    id: number,
  ): Promise<T | undefined> {
    const [token] = await tx.lock(kind.entity, [id], sql`used_at IS NULL AND expires_at > ${tx.now}`);
    return token;
  }

  /** Locks all tokens of a user. */
  lockAll<T extends StoredToken>(tx: AuditedTransaction, { entity }: TokenKind<T>, userId: number): Promise<T[]> {
    return tx.lockWhere(entity, sql`user_id = ${userId}`);
  }

  findRedeemable({ table }: TokenKind<StoredToken>, tokenHash: string): Promise<RedeemableToken | undefined> {
    return this.database.row(sql`SELECT id, user_id AS "userId" FROM ${raw(table)}
      WHERE token_hash = ${tokenHash} AND used_at IS NULL AND expires_at > ${this.clock.now()}`);
  }

  /** @returns undefined where the token was used or has expired, or its user is disabled */
  findDeliverable({ table }: TokenKind<StoredToken>, id: number): Promise<DeliverableToken | undefined> {
    return this.database.row(
      sql`SELECT t.token_hash AS "tokenHash", t.token_salt AS "tokenSalt", t.email, t.expires_at AS "expiresAt",
          u.username, u.timezone AS "timeZone", u.email_verified AS "emailVerified"
        FROM ${raw(table)} t JOIN users u ON u.id = t.user_id
        WHERE t.id = ${id} AND t.used_at IS NULL AND t.expires_at > ${this.clock.now()} AND u.is_active`,
    );
  }

  async findLatestVerification(
    tx: AuditedTransaction,
    email: string,
    since: Date,
  ): Promise<LatestVerification | undefined> {
    const [latest] = await tx.query<LatestVerification>(
      sql`SELECT id, user_id AS "userId", token_salt AS salt, used_at IS NULL AS open FROM email_verification_tokens
        WHERE ${isAddress(email)} AND created_at > ${since} AND token_salt IS NOT NULL ORDER BY id DESC LIMIT 1`,
    );
    return latest;
  }

  async wasVerificationResentSince(tx: AuditedTransaction, email: string, since: Date): Promise<boolean> {
    const resent = await tx.query(
      sql`SELECT FROM email_verification_tokens WHERE ${isAddress(email)} AND resent AND created_at > ${since} LIMIT 1`,
    );
    return resent.length > 0;
  }

  /**
   * Finds the users who have to verify an address, as they wrote it: the latest sign-ups with the address or, where there
   * are none, the user who last requested to change to it.
   */
  async findUnverified(
    tx: AuditedTransaction,
    email: string,
    limit: number,
  ): Promise<{ userId: number; email: string }[]> {
    const signedUp = await tx.query<{ userId: number; email: string }>(sql`SELECT id AS "userId", email FROM users
      WHERE ${isAddress(email)} AND NOT email_verified ORDER BY pending, id DESC LIMIT ${limit}`);
    if (signedUp.length > 0) return signedUp;
    return tx.query(sql`SELECT user_id AS "userId", email FROM email_verification_tokens
      WHERE ${isAddress(email)} AND used_at IS NULL AND expires_at > ${tx.now} ORDER BY id DESC LIMIT 1`);
  }
}

const isAddress = (email: string): Sql => sql`lower(email) = lower(${email})`;

/** Selects the tokens of a table that were used or expired before a time. */
export const endedTokenIds =
  ({ table }: TokenKind<StoredToken>) =>
  (before: Date): Sql =>
    sql`SELECT id FROM ${raw(table)} WHERE least(used_at, expires_at) < ${before}`;
