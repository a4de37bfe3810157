import { Injectable } from '@nestjs/common';
import { type Principal } from '../../core/authorization/actor.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { type EmailContent } from '../../infrastructure/mail/email-template.js';
import { MailBudget } from '../../infrastructure/mail/mail-budget.service.js';
import { MailOutbox } from '../../infrastructure/mail/mail-outbox.service.js';
import { type User } from '../../users/user.entity.js';
import { UsersRepository } from '../../users/users.repository.js';
import { EmailTokensRepository } from '../email-tokens/email-tokens.repository.js';
import {
  type EmailTokenDelivery,
  resendWindowStart,
  expiryNotice,
  EmailTokensService,
} from '../email-tokens/email-tokens.service.js';
import { MailRequests } from '../email-tokens/mail-requests.service.js';
import { VERIFICATION } from '../email-tokens/token-kinds.js';

declare module '../../infrastructure/mail/mail-outbox.service.js' {
  interface MailTemplates {
    verification: { readonly tokenId: number };
  }
}

const REQUESTS = 'verification-requests';
/** Links per mail request, one for each of the latest sign-ups with the address; its owner knows which sign-up is theirs. */
const MAX_LINKS = 3;

/** Mails links that prove an address, of new accounts and of users who change theirs. */
@Injectable()
export class VerificationMails {
  constructor(
    private readonly requests: MailRequests,
    private readonly tokens: EmailTokensService,
    private readonly tokensRepository: EmailTokensRepository,
    private readonly users: UsersRepository,
    private readonly outbox: MailOutbox,
    private readonly budget: MailBudget,
  ) {
    requests.handle(REQUESTS, (tx, email) => this.resend(tx, email));
    outbox.registerTemplate('verification', tokens.templateOf(VERIFICATION, verificationEmail));
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
   * within five minutes: until then the same user gets the same token, for the address as it is spelled now, and other
   * users one without a mail.
   */
  async requestAddressChange(tx: AuditedTransaction, user: Pick<User, 'id'>, email: string): Promise<string> {
    const latest = await this.tokensRepository.findLatestVerification(tx, email, resendWindowStart(tx));
    if (!latest) return this.issue(tx, user, email);
    if (latest.userId === user.id && latest.open) {
      await tx.update(VERIFICATION.entity, await tx.lock(VERIFICATION.entity, [latest.id]), { email });
      return this.tokens.derive(VERIFICATION, latest.id, latest.salt);
    }
    const { secret } = await this.tokens.issue(tx, VERIFICATION, user, email);
    return secret;
  }

  /** Requests another mail. @throws Problem 429 where the network requested too many */
  requestResend(principal: Principal, email: string): Promise<void> {
    return this.requests.add(principal, REQUESTS, email);
  }

  private async resend(tx: AuditedTransaction, email: string): Promise<void> {
    const unverified = await this.tokensRepository.findUnverified(tx, email, MAX_LINKS);
    const ids = unverified.map(({ userId }) => userId);
    const users = ids.length > 0 ? await this.users.lockAllActive(tx, ids) : [];
    if (users.length === 0) return;
    // A new password, or a proof of the address, may have been committed while the users were being locked.
    const stillUnverified = await this.tokensRepository.findUnverified(tx, email, MAX_LINKS);
    if (await this.tokensRepository.wasVerificationResentSince(tx, email, resendWindowStart(tx))) return;
    for (const user of users) {
      const address = stillUnverified.find(({ userId }) => userId === user.id)?.email;
      if (address === undefined) continue;
      // Checked before a token is issued, since that revokes the token of the mail before.
      if (!(await this.budget.hasRoom('verification_resent', address))) return;
      const { id } = await this.tokens.issue(tx, VERIFICATION, user, address, { resent: true });
      await this.outbox.enqueue(tx, 'verification', { tokenId: id });
    }
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
