import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { type RequestContext } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { localTime } from '../../infrastructure/mail/email-template.js';
import { hashToken, newSalt } from '../sessions/refresh-token.js';
import { User } from '../../users/user.entity.js';
import { PasswordResetToken } from './password-reset-token.entity.js';
import { VerificationToken } from './verification-token.entity.js';

const RESEND_WINDOW_MS = 5 * 60_000;

/** A stranger must not be able to fill a mailbox: what anybody may ask for goes to an address once since then. */
export const resendWindowStart = ({ now }: AuditedTransaction): Date => new Date(now.getTime() - RESEND_WINDOW_MS);

/** Somebody asks for a mail to an address; whether it is anybody's is found out later. */
export interface AddressRequest {
  readonly email: string;
  readonly origin: RequestContext;
}

interface Stored {
  readonly id: number;
  readonly userId: number;
  readonly tokenHash: string;
  readonly tokenSalt: string | null;
  readonly email: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

export interface TokenKind<T extends Stored> {
  /** Part of what the token is derived from, so that one kind never opens what is another's. */
  readonly purpose: string;
  readonly entity: new () => T;
  readonly table: string;
  readonly seconds: (config: Config) => number;
}

export const VERIFICATION: TokenKind<VerificationToken> = {
  ...{ purpose: 'verify-email', entity: VerificationToken, table: 'email_verification_tokens' },
  seconds: (config) => config.verificationTokenSeconds,
};
export const PASSWORD_RESET: TokenKind<PasswordResetToken> = {
  ...{ purpose: 'reset-password', entity: PasswordResetToken, table: 'password_reset_tokens' },
  seconds: (config) => config.passwordResetSeconds,
};

/** A token that is about to be mailed, and whose it is. */
export interface EmailTokenDelivery {
  readonly secret: string;
  /** Where it goes. */
  readonly email: string;
  readonly expiresAt: Date;
  readonly username: string;
  readonly timeZone: string;
  /** Whether its user has a verified address already. */
  readonly emailVerified: boolean;
}

/** What the mail says of how long its link works. */
export const expiryNotice = ({ expiresAt, timeZone }: EmailTokenDelivery): string =>
  `The link works once, until ${localTime(expiresAt, timeZone)}.`;

/**
 * Single-use tokens that travel by mail. A token is a MAC of its row's id and salt by the key of the installation: it
 * is derived again when its mail is written, so no table and no queue ever holds it. What is stored is its hash.
 * Whoever writes them has locked the user first.
 */
@Injectable()
export class EmailTokenService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Issues a token; open ones of the same kind and user end. @returns its row's id, and the token */
  async issue<T extends Stored>(
    tx: AuditedTransaction,
    kind: TokenKind<T>,
    { id: userId }: Pick<User, 'id'>,
    email: string,
    more: Partial<T> = {},
  ): Promise<{ id: number; secret: string }> {
    await this.revokeOpen(tx, kind, userId);
    // The id is drawn first, since the token is made of it.
    const [{ id }] = (await tx.query<{ id: number }>(
      sql`SELECT nextval(pg_get_serial_sequence(${kind.table}, 'id'))::int AS id`,
    )) as [{ id: number }];
    const tokenSalt = newSalt();
    const secret = this.derive(kind, id, tokenSalt);
    const expiresAt = new Date(tx.now.getTime() + kind.seconds(this.config) * 1000);
    const row = { id, userId, email, tokenSalt, tokenHash: hashToken(secret), createdAt: tx.now, expiresAt, ...more };
    await tx.insert(kind.entity, [row as unknown as Partial<T>]);
    return { id, secret };
  }

  /** Whether a token of the user can be redeemed. */
  async hasOpen(tx: AuditedTransaction, kind: TokenKind<Stored>, userId: number): Promise<boolean> {
    const open = await tx.query(sql`SELECT FROM ${raw(kind.table)}
      WHERE user_id = ${userId} AND used_at IS NULL AND expires_at > ${tx.now} LIMIT 1`);
    return open.length > 0;
  }

  /** Whether a token was issued to the user since `resendWindowStart`. */
  async wasIssuedLately(tx: AuditedTransaction, kind: TokenKind<Stored>, userId: number): Promise<boolean> {
    const lately = await tx.query(sql`SELECT FROM ${raw(kind.table)}
      WHERE user_id = ${userId} AND created_at > ${resendWindowStart(tx)} LIMIT 1`);
    return lately.length > 0;
  }

  /** Ends the tokens of a user that could still be redeemed. */
  async revokeOpen<T extends Stored>(tx: AuditedTransaction, kind: TokenKind<T>, userId: number): Promise<void> {
    const open = await tx.query<{ id: number }>(
      sql`SELECT id FROM ${raw(kind.table)} WHERE user_id = ${userId} AND used_at IS NULL`,
    );
    const ids = open.map(({ id }) => id);
    const rows = await tx.lock(kind.entity, ids, sql`used_at IS NULL`);
    await tx.update(kind.entity, rows, { usedAt: tx.now } as unknown as Partial<T>, { verb: 'superseded' });
  }

  /** The row of a token that can be redeemed, unlocked; undefined for an unknown, used or expired one. */
  find(kind: TokenKind<Stored>, secret: string): Promise<{ id: number; userId: number } | undefined> {
    return this.database.row(sql`SELECT id, user_id AS "userId" FROM ${raw(kind.table)}
      WHERE token_hash = ${hashToken(secret)} AND used_at IS NULL AND expires_at > ${this.clock.now()}`);
  }

  /** Uses up what `find` found, with its user, both locked; undefined if somebody else was quicker. */
  async use<T extends Stored>(
    tx: AuditedTransaction,
    kind: TokenKind<T>,
    { id, userId }: { id: number; userId: number },
  ): Promise<{ user: User; email: string } | undefined> {
    const [user] = await tx.lock(User, [userId]);
    const [token] = await tx.lock(kind.entity, [id], sql`used_at IS NULL AND expires_at > ${tx.now}`);
    if (!user || !token) return undefined;
    tx.actAs({ ...tx.principal, id: user.id, username: user.username, role: user.role });
    await tx.update(kind.entity, [token], { usedAt: tx.now } as unknown as Partial<T>, { verb: 'used' });
    return { user, email: token.email };
  }

  /** What a mail tells of a token; undefined where it was used, superseded or has expired, or its user is disabled. */
  async deliveryOf(kind: TokenKind<Stored>, id: number): Promise<EmailTokenDelivery | undefined> {
    const row = await this.database.row<Omit<EmailTokenDelivery, 'secret'> & { tokenHash: string; tokenSalt: string }>(
      sql`SELECT t.token_hash AS "tokenHash", t.token_salt AS "tokenSalt", t.email, t.expires_at AS "expiresAt",
          u.username, u.timezone AS "timeZone", u.email_verified AS "emailVerified"
        FROM ${raw(kind.table)} t JOIN users u ON u.id = t.user_id
        WHERE t.id = ${id} AND t.used_at IS NULL AND t.expires_at > ${this.clock.now()} AND u.is_active`,
    );
    const secret = row && this.derive(kind, id, row.tokenSalt);
    // With another key than it was issued with, it would open nothing.
    return secret && hashToken(secret) === row.tokenHash ? { ...row, secret } : undefined;
  }

  /** The token of a row again. */
  derive({ purpose }: TokenKind<Stored>, id: number, salt: string | null): string {
    return createHmac('sha256', this.config.secretKey).update(`${purpose}\0${id}\0${salt}`).digest('base64url');
  }
}
