import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { visitorFrom, type Author } from '../core/actor.js';
import { Change } from '../core/change.js';
import { type Tx } from '../core/tx.js';
import { Jobs } from '../jobs/jobs.js';
import { type Letter } from '../mail/letter.js';
import { Mails } from '../mail/mails.js';
import {
  type Addressed,
  type AddressRequest,
  floodStart,
  linkTerm,
  MailedTokens,
  PASSWORD_RESET,
  VERIFICATION,
} from '../mailed-tokens/mailed-tokens.js';
import { User } from '../users/user.entity.js';
import { RegistrationProblem, taken } from './registration.events.js';

declare module '../mail/mails.js' {
  interface MailKinds {
    verification: { readonly tokenId: number };
  }
}

const REQUESTS = 'verification-requests';

/** The proof that an address is its owner's. */
@Injectable()
export class EmailVerification {
  constructor(
    private readonly change: Change,
    private readonly tokens: MailedTokens,
    private readonly jobs: Jobs,
    private readonly mails: Mails,
  ) {
    jobs.queue<AddressRequest>(REQUESTS, (request) => this.resend(request));
    mails.kind('verification', async ({ tokenId }) => {
      const token = await tokens.addressed(VERIFICATION, tokenId);
      return token && verificationLetter(token);
    });
  }

  /** Mails a token for an address of a user whom the transaction has locked or made. @returns the token */
  async issue(tx: Tx, user: Pick<User, 'id'>, email: string, resent = false): Promise<string> {
    const { id, secret } = await this.tokens.issue(tx, VERIFICATION, user, email, { resent });
    await this.mails.add(tx, 'verification', { tokenId: id });
    return secret;
  }

  /**
   * The same for an address that a user wants to have. It may be a stranger's, so at most one such mail goes there within
   * five minutes: until then the same user is given the same token, and others one without a mail.
   */
  async promise(tx: Tx, user: Pick<User, 'id'>, email: string): Promise<string> {
    const [lately] = await tx.query<{ id: number; userId: number; salt: string; open: boolean }>(
      sql`SELECT id, user_id AS "userId", token_salt AS salt, used_at IS NULL AS open FROM email_verification_tokens
        WHERE ${to(email)} AND created_at > ${floodStart(tx)} AND token_salt IS NOT NULL ORDER BY id DESC LIMIT 1`,
    );
    if (!lately) return this.issue(tx, user, email);
    if (lately.userId === user.id && lately.open) return this.tokens.derive(VERIFICATION, lately.id, lately.salt);
    return (await this.tokens.issue(tx, VERIFICATION, user, email)).secret;
  }

  /**
   * Redeems a token; where it was for a new address, that address replaces the old one.
   *
   * @throws Problem 400 for an unknown, used or expired token, or an address that somebody else has meanwhile
   */
  async verify(visitor: Author, secret: string): Promise<void> {
    const found = await this.tokens.find(VERIFICATION, secret);
    if (!found) throw RegistrationProblem.invalid_verification_token();
    try {
      await this.change.by(visitor, (tx) => this.redeem(tx, found));
    } catch (error) {
      throw taken(error);
    }
  }

  /** Asks for another mail. It does the same for every address; whose it is, is found out after the answer. */
  requestResend(visitor: Author, email: string): Promise<void> {
    const request: AddressRequest = { email, origin: visitor.origin };
    return this.change.by(visitor, (tx) => this.jobs.add(tx, REQUESTS, [request]));
  }

  private async redeem(tx: Tx, found: { id: number; userId: number }): Promise<void> {
    const used = await this.tokens.use(tx, VERIFICATION, found);
    if (!used) throw RegistrationProblem.invalid_verification_token();
    const { user, email } = used;
    await tx.update(User, [user], { email, emailVerified: true }, { verb: 'email_verified' });
    if (email.toLowerCase() === user.email.toLowerCase()) return;
    // They are on their way to a mailbox that is no longer the user's.
    await this.tokens.endOpen(tx, PASSWORD_RESET, user.id);
    tx.emit('user.email_changed', { userId: user.id, oldEmail: user.email });
  }

  private resend({ email, origin }: AddressRequest): Promise<void> {
    return this.change.by(visitorFrom(origin), async (tx) => {
      const waiting = await this.waitingFor(tx, email);
      const [user] = waiting ? await tx.lock(User, [waiting.userId], sql`is_active`) : [];
      if (!waiting || !user) return;
      const lately = await tx.query(
        sql`SELECT FROM email_verification_tokens WHERE ${to(email)} AND resent AND created_at > ${floodStart(tx)} LIMIT 1`,
      );
      if (lately.length === 0) await this.issue(tx, user, waiting.email, true);
    });
  }

  /** Who has still to verify an address, as they wrote it: its owner, or else whoever asked last to have it. */
  private async waitingFor(tx: Tx, email: string): Promise<{ userId: number; email: string } | undefined> {
    const [row] = await tx.query<{ userId: number; email: string }>(sql`
      (SELECT id AS "userId", email, 0 AS rank FROM users WHERE ${to(email)} AND NOT email_verified)
      UNION ALL
      (SELECT user_id, email, 1 FROM email_verification_tokens
        WHERE ${to(email)} AND used_at IS NULL AND expires_at > ${tx.now} ORDER BY id DESC LIMIT 1)
      ORDER BY rank LIMIT 1`);
    return row;
  }
}

const to = (email: string): Sql => sql`lower(email) = lower(${email})`;

/** The proof of an address: of a new account, or of one that changes it. */
function verificationLetter(token: Addressed): Letter {
  const { username, email, emailVerified } = token;
  const why = emailVerified
    ? `This address, ${email}, is to replace the present one of your account. It does so once you have verified it.`
    : 'Verify your e-mail address to activate your account.';
  return {
    ...{ to: email, name: username },
    subject: emailVerified ? 'Verify your new e-mail address' : 'Verify your e-mail address',
    paragraphs: [why],
    link: { label: 'Verify this address', path: '/verify-email', token: token.secret },
    notes: [linkTerm(token), 'If you did not ask for this, do nothing: without the link nothing happens.'],
  };
}
