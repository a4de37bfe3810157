import { Injectable } from '@nestjs/common';
import { anonymousPrincipal, type Principal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { networkPrefixOf } from '../../core/http/client-network.js';
import { validationError } from '../../core/http/problem.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { type EmailContent } from '../../infrastructure/mail/email-template.js';
import { MailBudget } from '../../infrastructure/mail/mail-budget.service.js';
import { MailOutbox } from '../../infrastructure/mail/mail-outbox.service.js';
import {
  type EmailTokenDelivery,
  type AddressRequest,
  resendWindowStart,
  expiryNotice,
  EmailTokensService,
} from '../email-tokens/email-tokens.service.js';
import { EmailTokensRepository, type RedeemableToken } from '../email-tokens/email-tokens.repository.js';
import { PASSWORD_RESET, VERIFICATION } from '../email-tokens/token-kinds.js';
import { NewPasswords } from '../passwords/new-passwords.service.js';
import { NO_PASSWORD, User } from '../../users/user.entity.js';
import { UsersRepository, type AccountFields } from '../../users/users.repository.js';
import { type Verification } from './registration.dto.js';
import { RegistrationProblem, toUniquenessProblem } from './registration.problems.js';
import { UsernameReservationService } from './username-reservation.service.js';

declare module '../../infrastructure/mail/mail-outbox.service.js' {
  interface MailTemplates {
    verification: { readonly tokenId: number };
  }
}

const REQUESTS = 'verification-requests';
/** Links per mail request, one for each of the latest sign-ups with the address; its owner knows which sign-up is theirs. */
const MAX_LINKS = 3;

/** Verifies e-mail addresses, of new accounts and of users who change theirs. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tokens: EmailTokensService,
    private readonly tokensRepository: EmailTokensRepository,
    private readonly users: UsersRepository,
    private readonly usernames: UsernameReservationService,
    private readonly jobs: JobQueue,
    private readonly outbox: MailOutbox,
    private readonly budget: MailBudget,
    private readonly newPasswords: NewPasswords,
  ) {
    jobs.process<AddressRequest>(REQUESTS, (request) => this.resend(request));
    outbox.registerTemplate('verification', async ({ tokenId }) => {
      const token = await tokens.deliveryOf(VERIFICATION, tokenId);
      return token && verificationEmail(token);
    });
  }

  /**
   * Issues a token for an address of a user whom the transaction has locked or created, and mails it unless too many
   * verification mails were sent there: the user can request another one later.
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
   * The same for an address that a user wants to change to. It may be a stranger's, so at most one such mail is sent
   * within five minutes: until then the same user gets the same token, and other users one without a mail.
   */
  async requestAddressChange(tx: AuditedTransaction, user: Pick<User, 'id'>, email: string): Promise<string> {
    const latest = await this.tokensRepository.findLatestVerification(tx, email, resendWindowStart(tx));
    if (!latest) return this.issue(tx, user, email);
    if (latest.userId === user.id && latest.open) return this.tokens.derive(VERIFICATION, latest.id, latest.salt);
    const { secret } = await this.tokens.issue(tx, VERIFICATION, user, email);
    return secret;
  }

  /**
   * Redeems a token: activates the account that it was issued for, or replaces the address of its user by the new one.
   *
   * @throws Problem 400 for an unknown, used or expired token, or where another account has the name or address by now;
   * 422 where a password is missing or not expected
   */
  async verify(principal: Principal, { token, password }: Verification): Promise<void> {
    const found = await this.tokens.find(VERIFICATION, token);
    if (!found) throw RegistrationProblem.invalid_verification_token();
    const hashedPassword = await this.hashChosenPassword(principal, found.userId, password);
    try {
      await this.unitOfWork.run(principal, (tx) => this.redeem(tx, found, hashedPassword));
    } catch (error) {
      throw toUniquenessProblem(error);
    }
  }

  /**
   * Requests another mail. Does the same for every address, so that the response does not show whether it has an
   * account; a job looks for the account later.
   *
   * @throws Problem 429 where the network requested too many
   */
  async requestResend(principal: Principal, email: string): Promise<void> {
    await this.budget.assertNetwork(principal);
    const request: AddressRequest = { email, origin: principal.requestContext };
    await this.unitOfWork.run(principal, (tx) => this.jobs.enqueue(tx, REQUESTS, [request]));
  }

  /** Hashes the password chosen at the link; undefined where the account keeps its password. */
  private async hashChosenPassword(
    { requestContext }: Principal,
    userId: number,
    password: string | undefined,
  ): Promise<string | undefined> {
    const user = await this.users.findAccountFields(userId);
    if (!user) throw RegistrationProblem.invalid_verification_token();
    assertPasswordExpected(user, password);
    if (password === undefined) return undefined;
    return this.newPasswords.hash(password, user, { network: networkPrefixOf(requestContext.ip ?? '') });
  }

  private async redeem(tx: AuditedTransaction, found: RedeemableToken, hashedPassword?: string): Promise<void> {
    const used = await this.tokens.use(tx, VERIFICATION, found);
    if (!used) throw RegistrationProblem.invalid_verification_token();
    const { user, email } = used;
    if (user.pending) await this.usernames.reserve(tx, user.username, user.id);
    const patch = { email, emailVerified: true, pending: false, ...(hashedPassword && { hashedPassword }) };
    await tx.update(User, [user], patch, { verb: 'email_verified' });
    // A stranger may have requested a reset of the account that the owner of the address has just confirmed.
    if (hashedPassword) await this.tokens.revokeOpen(tx, PASSWORD_RESET, user.id);
    if (email.toLowerCase() === user.email.toLowerCase()) return;
    // Their mails go to the old address, which is no longer the user's.
    await this.tokens.revokeOpen(tx, PASSWORD_RESET, user.id);
    tx.emit('user.email_changed', { userId: user.id, oldEmail: user.email });
  }

  private resend({ email, origin }: AddressRequest): Promise<void> {
    return this.unitOfWork.run(anonymousPrincipal(origin), async (tx) => {
      const unverified = await this.tokensRepository.findUnverified(tx, email, MAX_LINKS);
      const ids = unverified.map(({ userId }) => userId);
      const users = ids.length > 0 ? await this.users.lockAllActive(tx, ids) : [];
      if (users.length === 0) return;
      if (await this.tokensRepository.wasVerificationResentSince(tx, email, resendWindowStart(tx))) return;
      for (const user of users) {
        const address = unverified.find(({ userId }) => userId === user.id)?.email ?? email;
        // Checked before a token is issued, since that revokes the token of the mail before.
        if (!(await this.budget.hasRoom('verification_resent', address))) return;
        const { id } = await this.tokens.issue(tx, VERIFICATION, user, address, { resent: true });
        await this.outbox.enqueue(tx, 'verification', { tokenId: id });
      }
    });
  }
}

/** @throws Problem 422 where a password is missing, or not expected, at the link of an account */
function assertPasswordExpected(user: AccountFields, password: string | undefined): void {
  const field = 'password';
  if (password === undefined && user.pending && user.hashedPassword === NO_PASSWORD) {
    const message = 'password is missing: choose one for your new account';
    throw validationError([{ field, code: 'password_required', message }]);
  }
  if (password !== undefined && !user.pending) {
    const message = 'a new address needs no password: leave it out';
    throw validationError([{ field, code: 'not_expected', message }]);
  }
}

/** The proof of an address: of a new account, or of one that changes it. */
function verificationEmail(token: EmailTokenDelivery): EmailContent {
  const { username, email, emailVerified } = token;
  const why = emailVerified
    ? `This address, ${email}, is to replace the present one of your account. It does so once you have verified it.`
    : `Verify your e-mail address to activate your account. Its username is ${username}.`;
  return {
    to: email,
    name: username,
    subject: emailVerified ? 'Verify your new e-mail address' : 'Verify your e-mail address',
    paragraphs: [why],
    link: { label: 'Verify this address', path: '/verify-email', token: token.secret },
    notes: [
      expiryNotice(token),
      ...(emailVerified
        ? []
        : [
            'Use the link only if you chose this username yourself: someone else may have signed up with your address.',
          ]),
      'If you did not ask for this, do nothing: without the link nothing happens.',
    ],
  };
}
