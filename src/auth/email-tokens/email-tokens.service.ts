import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../core/config/config.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { formatLocalTime, type EmailContent } from '../../infrastructure/mail/email-template.js';
import { User } from '../../users/user.entity.js';
import { hashToken, newSalt } from '../sessions/refresh-token.js';
import { EmailTokensRepository, type DeliverableToken, type RedeemableToken } from './email-tokens.repository.js';
import { type StoredToken, type TokenKind } from './token-kinds.js';

const RESEND_WINDOW_MS = 5 * 60_000;

/** Start of the window in which an address gets one mail at most, so that a stranger cannot flood a mailbox. */
export const resendWindowStart = ({ now }: AuditedTransaction): Date => new Date(now.getTime() - RESEND_WINDOW_MS);

/** A token to be mailed, its address and its user. */
export interface EmailTokenDelivery extends DeliverableToken {
  readonly secret: string;
}

/** The sentence of a mail on the validity of its link. */
export const expiryNotice = ({ expiresAt, timeZone }: EmailTokenDelivery): string =>
  `The link works once, until ${formatLocalTime(expiresAt, timeZone)}.`;

/**
 * Single-use tokens that travel by mail. A token is a MAC of its row's id and salt by the key of the installation: it is
 * derived again when its mail is rendered, so no table and no queue ever holds it. Only its hash is stored. Callers that
 * write tokens lock the user first.
 */
@Injectable()
export class EmailTokensService {
  constructor(
    private readonly config: Config,
    private readonly repository: EmailTokensRepository,
  ) {}

  /** Issues a token and revokes open ones of the same kind and user. @returns the id of its row, and the token */
  async issue<T extends StoredToken>(
    tx: AuditedTransaction,
    kind: TokenKind<T>,
    { id: userId }: Pick<User, 'id'>,
    email: string,
    more: Partial<T> = {},
  ): Promise<{ id: number; secret: string }> {
    await this.revokeOpen(tx, kind, userId);
    const id = await this.repository.nextId(tx, kind);
    const tokenSalt = newSalt();
    const secret = this.derive(kind, id, tokenSalt);
    const expiresAt = new Date(tx.now.getTime() + kind.seconds(this.config) * 1000);
    const row = { id, userId, email, tokenSalt, tokenHash: hashToken(secret), createdAt: tx.now, expiresAt, ...more };
    await tx.insert<StoredToken>(kind.entity, [row]);
    return { id, secret };
  }

  /** Looks for a token that the user can redeem. */
  hasOpen(tx: AuditedTransaction, kind: TokenKind<StoredToken>, userId: number): Promise<boolean> {
    return this.repository.hasOpen(tx, kind, userId);
  }

  /** Looks for a token issued to the user since `resendWindowStart`. */
  wasIssuedLately(tx: AuditedTransaction, kind: TokenKind<StoredToken>, userId: number): Promise<boolean> {
    return this.repository.wasIssuedSince(tx, kind, userId, resendWindowStart(tx));
  }

  /** Revokes the tokens of a user that could still be redeemed. */
  async revokeOpen<T extends StoredToken>(tx: AuditedTransaction, kind: TokenKind<T>, userId: number): Promise<void> {
    const rows = await this.repository.lockUnused(tx, kind, userId);
    await tx.update<StoredToken>(kind.entity, rows, { usedAt: tx.now }, { verb: 'superseded' });
  }

  /** Finds a token without locking it; undefined where it is unknown, used or expired. */
  find(kind: TokenKind<StoredToken>, secret: string): Promise<RedeemableToken | undefined> {
    return this.repository.findRedeemable(kind, hashToken(secret));
  }

  /** Locks and uses up a found token, with its user; undefined where another transaction was faster. */
  async use<T extends StoredToken>(
    tx: AuditedTransaction,
    kind: TokenKind<T>,
    { id, userId }: RedeemableToken,
  ): Promise<{ user: User; email: string } | undefined> {
    const [user] = await tx.lock(User, [userId]);
    const token = await this.repository.lockRedeemable(tx, kind, id);
    if (!user || !token) return undefined;
    tx.actAs({ ...tx.principal, id: user.id, username: user.username, role: user.role });
    await tx.update<StoredToken>(kind.entity, [token], { usedAt: tx.now }, { verb: 'used' });
    return { user, email: token.email };
  }

  /** Returns the template of a mail with a token: none for one that was used, superseded or expired, or whose user is disabled. */
  templateOf(kind: TokenKind<StoredToken>, compose: (token: EmailTokenDelivery) => EmailContent) {
    return async ({ tokenId }: { readonly tokenId: number }): Promise<EmailContent | undefined> => {
      const token = await this.deliveryOf(kind, tokenId);
      return token && compose(token);
    };
  }

  private async deliveryOf(kind: TokenKind<StoredToken>, id: number): Promise<EmailTokenDelivery | undefined> {
    const row = await this.repository.findDeliverable(kind, id);
    const secret = row && this.derive(kind, id, row.tokenSalt);
    // A token issued under another key would not be accepted.
    return secret && hashToken(secret) === row.tokenHash ? { ...row, secret } : undefined;
  }

  /** Derives the token of a row. */
  derive({ purpose }: TokenKind<StoredToken>, id: number, salt: string | null): string {
    return createHmac('sha256', this.config.secretKey).update(`${purpose}\0${id}\0${salt}`).digest('base64url');
  }
}
