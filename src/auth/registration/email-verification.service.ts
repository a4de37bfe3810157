import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { anonymousPrincipal, type Principal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { networkPrefixOf } from '../../core/http/client-network.js';
import { validationError } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { type EmailContent } from '../../infrastructure/mail/email-template.js';
import { MailBudget } from '../../infrastructure/mail/mail-budget.service.js';
import { MailOutbox } from '../../infrastructure/mail/mail-outbox.service.js';
import {
  type EmailTokenDelivery,
  type AddressRequest,
  resendWindowStart,
  expiryNotice,
  EmailTokenService,
  PASSWORD_RESET,
  VERIFICATION,
} from '../email-tokens/email-tokens.service.js';
import { passwordWeakness } from '../passwords/password-rules.js';
import { PasswordHasher } from '../passwords/password-hasher.service.js';
import { NO_PASSWORD, User } from '../../users/user.entity.js';
import { reserveUsername } from './username-reservation.js';
import { type Verification } from './registration.dto.js';
import { RegistrationProblem, toUniquenessProblem } from './registration.problems.js';

declare module '../../infrastructure/mail/mail-outbox.service.js' {
  interface MailTemplates {
    verification: { readonly tokenId: number };
  }
}

const REQUESTS = 'verification-requests';
/** A link for each of the latest sign-ups with an address: whose the address is knows which is their own. */
const MOST_LINKS = 3;

/** The proof that an address is its owner's. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tokens: EmailTokenService,
    private readonly jobs: JobQueue,
    private readonly outbox: MailOutbox,
    private readonly budget: MailBudget,
    private readonly passwords: PasswordHasher,
    private readonly database: Database,
  ) {
    jobs.process<AddressRequest>(REQUESTS, (request) => this.resend(request));
    outbox.registerTemplate('verification', async ({ tokenId }) => {
      const token = await tokens.deliveryOf(VERIFICATION, tokenId);
      return token && verificationEmail(token);
    });
  }

  /**
   * Issues a token for an address of a user whom the transaction has locked or made, and mails it unless too many
   * verification mails went there already: then the user may ask for another one later.
   *
   * @returns the token
   */
  async issue(tx: AuditedTransaction, user: Pick<User, 'id'>, email: string): Promise<string> {
    const hasRoom = await this.budget.hasRoom('verification', email);
    const { id, secret } = await this.tokens.issue(tx, VERIFICATION, user, email);
    if (hasRoom) await this.outbox.enqueue(tx, 'verification', { tokenId: id });
    return secret;
  }

  /**
   * The same for an address that a user wants to have. It may be a stranger's, so at most one such mail goes there within
   * five minutes: until then the same user is given the same token, and others one without a mail.
   */
  async requestAddressChange(tx: AuditedTransaction, user: Pick<User, 'id'>, email: string): Promise<string> {
    const [lately] = await tx.query<{ id: number; userId: number; salt: string; open: boolean }>(
      sql`SELECT id, user_id AS "userId", token_salt AS salt, used_at IS NULL AS open FROM email_verification_tokens
        WHERE ${to(email)} AND created_at > ${resendWindowStart(tx)} AND token_salt IS NOT NULL ORDER BY id DESC LIMIT 1`,
    );
    if (!lately) return this.issue(tx, user, email);
    if (lately.userId === user.id && lately.open) return this.tokens.derive(VERIFICATION, lately.id, lately.salt);
    return (await this.tokens.issue(tx, VERIFICATION, user, email)).secret;
  }

  /**
   * Redeems a token: activates the one account that it was issued for, or replaces the address of its user by the new one.
   *
   * @throws Problem 400 for an unknown, used or expired token, or where somebody else has the name or address by now;
   * 422 where a password has to be chosen, or must not be
   */
  async verify(principal: Principal, { token, password }: Verification): Promise<void> {
    const found = await this.tokens.find(VERIFICATION, token);
    if (!found) throw RegistrationProblem.invalid_verification_token();
    const hashedPassword = await this.chosen(principal, found.userId, password);
    try {
      await this.unitOfWork.run(principal, (tx) => this.redeem(tx, found, hashedPassword));
    } catch (error) {
      throw toUniquenessProblem(error);
    }
  }

  /**
   * Asks for another mail. It does the same for every address; whose it is, is found out after the answer.
   *
   * @throws Problem 429 where too many were asked for from the network
   */
  async requestResend(principal: Principal, email: string): Promise<void> {
    await this.budget.assertNetwork(principal);
    const request: AddressRequest = { email, origin: principal.requestContext };
    await this.unitOfWork.run(principal, (tx) => this.jobs.enqueue(tx, REQUESTS, [request]));
  }

  /** The hash of the password that comes with a link; undefined where the account keeps the one that it has. */
  private async chosen(
    { requestContext }: Principal,
    userId: number,
    password: string | undefined,
  ): Promise<string | undefined> {
    const user = await this.database.row<Pick<User, 'username' | 'email' | 'pending' | 'hashedPassword'>>(
      sql`SELECT username, email, pending, hashed_password AS "hashedPassword" FROM users WHERE id = ${userId}`,
    );
    if (!user) throw RegistrationProblem.invalid_verification_token();
    const fault = linkPasswordFault(user, password);
    if (fault) throw validationError([{ field: 'password', ...fault }]);
    const network = networkPrefixOf(requestContext.ip ?? '');
    return password === undefined ? undefined : this.passwords.hash(password, { network });
  }

  private async redeem(
    tx: AuditedTransaction,
    found: { id: number; userId: number },
    hashedPassword?: string,
  ): Promise<void> {
    const used = await this.tokens.use(tx, VERIFICATION, found);
    if (!used) throw RegistrationProblem.invalid_verification_token();
    const { user, email } = used;
    if (user.pending) await reserveUsername(tx, user.username, user.id);
    const patch = { email, emailVerified: true, pending: false, ...(hashedPassword && { hashedPassword }) };
    await tx.update(User, [user], patch, { verb: 'email_verified' });
    // Whoever asked for it may not be whom the address belongs to.
    if (hashedPassword) await this.tokens.revokeOpen(tx, PASSWORD_RESET, user.id);
    if (email.toLowerCase() === user.email.toLowerCase()) return;
    // They are on their way to a mailbox that is no longer the user's.
    await this.tokens.revokeOpen(tx, PASSWORD_RESET, user.id);
    tx.emit('user.email_changed', { userId: user.id, oldEmail: user.email });
  }

  private resend({ email, origin }: AddressRequest): Promise<void> {
    return this.unitOfWork.run(anonymousPrincipal(origin), async (tx) => {
      const waiting = await this.waitingFor(tx, email);
      const ids = waiting.map(({ userId }) => userId);
      const users = ids.length > 0 ? await tx.lock(User, ids, sql`is_active`) : [];
      if (users.length === 0) return;
      const lately = await tx.query(
        sql`SELECT FROM email_verification_tokens WHERE ${to(email)} AND resent AND created_at > ${resendWindowStart(tx)} LIMIT 1`,
      );
      if (lately.length > 0) return;
      for (const user of users) {
        const wanted = waiting.find(({ userId }) => userId === user.id);
        const address = wanted?.email ?? email;
        // Asked before the token is issued, which makes the link void that the mailbox has.
        if (!(await this.budget.hasRoom('verification_resent', address))) return;
        const { id } = await this.tokens.issue(tx, VERIFICATION, user, address, { resent: true });
        await this.outbox.enqueue(tx, 'verification', { tokenId: id });
      }
    });
  }

  /** Who has still to verify an address, as they wrote it: who signed up with it, or else whoever asked last to have it. */
  private async waitingFor(tx: AuditedTransaction, email: string): Promise<{ userId: number; email: string }[]> {
    const signedUp = await tx.query<{ userId: number; email: string }>(sql`SELECT id AS "userId", email FROM users
      WHERE ${to(email)} AND NOT email_verified ORDER BY pending, id DESC LIMIT ${MOST_LINKS}`);
    if (signedUp.length > 0) return signedUp;
    return tx.query(sql`SELECT user_id AS "userId", email FROM email_verification_tokens
      WHERE ${to(email)} AND used_at IS NULL AND expires_at > ${tx.now} ORDER BY id DESC LIMIT 1`);
  }
}

const to = (email: string): Sql => sql`lower(email) = lower(${email})`;

/** Why a password may not come, or not be missing, with the link of an account. */
function linkPasswordFault(
  user: Pick<User, 'username' | 'email' | 'pending' | 'hashedPassword'>,
  password: string | undefined,
): { code: string; message: string } | undefined {
  if (password === undefined) {
    if (!user.pending || user.hashedPassword !== NO_PASSWORD) return undefined;
    return { code: 'password_required', message: 'password is missing: choose one for your new account' };
  }
  if (!user.pending) {
    return { code: 'not_expected', message: 'a new address needs no password: leave it out' };
  }
  const message = passwordWeakness(password, user);
  return message === undefined ? undefined : { code: 'weak_password', message };
}

/** The proof of an address: of a new account, or of one that changes it. */
function verificationEmail(token: EmailTokenDelivery): EmailContent {
  const { username, email, emailVerified } = token;
  const why = emailVerified
    ? `This address, ${email}, is to replace the present one of your account. It does so once you have verified it.`
    : `Verify your e-mail address to activate your account. Its username is ${username}.`;
  return {
    ...{ to: email, name: username },
    subject: emailVerified ? 'Verify your new e-mail address' : 'Verify your e-mail address',
    paragraphs: [why],
    link: { label: 'Verify this address', path: '/verify-email', token: token.secret },
    notes: [
      expiryNotice(token),
      ...(emailVerified
        ? []
        : [
            'Use the link only if you chose this username yourself: somebody else may have signed up with your address.',
          ]),
      'If you did not ask for this, do nothing: without the link nothing happens.',
    ],
  };
}
