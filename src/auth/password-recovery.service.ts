import { Injectable } from '@nestjs/common';
import { systemPrincipal, anonymousPrincipal, type Principal } from '../core/authorization/actor.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { JobQueue } from '../infrastructure/jobs/job-queue.service.js';
import { LOCKED_ACCOUNTS, type AccountLocked } from './login-protection/login-throttle.service.js';
import { DAY_MS } from './login-protection/login-pace.js';
import { type EmailContent } from '../infrastructure/mail/email-template.js';
import { MailBudget } from '../infrastructure/mail/mail-budget.service.js';
import { MailOutbox } from '../infrastructure/mail/mail-outbox.service.js';
import {
  type EmailTokenDelivery,
  type AddressRequest,
  expiryNotice,
  EmailTokensService,
} from './email-tokens/email-tokens.service.js';
import { PASSWORD_RESET } from './email-tokens/token-kinds.js';
import { UsersRepository } from '../users/users.repository.js';

declare module '../infrastructure/mail/mail-outbox.service.js' {
  interface MailTemplates {
    password_reset: { readonly tokenId: number };
    account_locked: { readonly tokenId: number };
  }
}

const REQUESTS = 'password-reset-requests';

/** Mails links for a new password, on request or after an account was locked. */
@Injectable()
export class PasswordRecovery {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly users: UsersRepository,
    private readonly tokens: EmailTokensService,
    private readonly jobs: JobQueue,
    private readonly outbox: MailOutbox,
    private readonly budget: MailBudget,
  ) {
    jobs.process<AddressRequest>(REQUESTS, (request) => this.issue(request));
    outbox.registerTemplate('password_reset', async ({ tokenId }) => {
      const token = await tokens.deliveryOf(PASSWORD_RESET, tokenId);
      return token && passwordResetEmail(token);
    });
    jobs.process<AccountLocked>(LOCKED_ACCOUNTS, ({ userId }) => this.offerReset(userId));
    outbox.registerTemplate('account_locked', async ({ tokenId }) => {
      const token = await tokens.deliveryOf(PASSWORD_RESET, tokenId);
      return token && accountLockedEmail(token);
    });
  }

  /**
   * Requests a mail. Does the same for every address, so that the response does not show whether it has an account; a
   * job looks for the account later.
   *
   * @throws Problem 429 where the network requested too many
   */
  async forgot(principal: Principal, email: string): Promise<void> {
    await this.budget.assertNetwork(principal);
    const request: AddressRequest = { email, origin: principal.requestContext };
    await this.unitOfWork.run(principal, (tx) => this.jobs.enqueue(tx, REQUESTS, [request]));
  }

  /** Mails a link that is valid as long as the account rejects unknown devices, unless the user has an open one. */
  private async offerReset(userId: number | null): Promise<void> {
    if (userId === null) return;
    await this.unitOfWork.run(systemPrincipal('login-protection'), async (tx) => {
      const user = await this.users.lockActive(tx, userId);
      if (!user || (await this.tokens.hasOpen(tx, PASSWORD_RESET, userId))) return;
      const expiresAt = new Date(tx.now.getTime() + DAY_MS);
      const { id } = await this.tokens.issue(tx, PASSWORD_RESET, user, user.email, { expiresAt });
      await this.outbox.enqueue(tx, 'account_locked', { tokenId: id });
    });
  }

  /** Mails an active user, at most once within five minutes. */
  private issue({ email, origin }: AddressRequest): Promise<void> {
    return this.unitOfWork.run(anonymousPrincipal(origin), async (tx) => {
      const user = await this.users.lockByAddress(tx, email);
      if (!user || (await this.tokens.wasIssuedLately(tx, PASSWORD_RESET, user.id))) return;
      if (!(await this.budget.hasRoom('password_reset', user.email))) return;
      const { id } = await this.tokens.issue(tx, PASSWORD_RESET, user, user.email);
      await this.outbox.enqueue(tx, 'password_reset', { tokenId: id });
    });
  }
}

function passwordResetEmail(token: EmailTokenDelivery): EmailContent {
  return {
    to: token.email,
    name: token.username,
    subject: 'Choose a new password',
    paragraphs: ['Someone, probably you, asked for a new password for your account.'],
    link: { label: 'Choose a new password', path: '/reset-password', token: token.secret },
    notes: [
      expiryNotice(token),
      'A new password signs you out on every device.',
      'If you did not ask for this, do nothing: your password stays as it is.',
    ],
  };
}

function accountLockedEmail(token: EmailTokenDelivery): EmailContent {
  return {
    to: token.email,
    name: token.username,
    subject: 'Many wrong passwords were tried on your account',
    paragraphs: [
      'Too many wrong passwords were tried on your account from devices that it was not used on before. For a day it admits only devices that you have signed in on.',
      'Such a device goes on as usual. On any other one, choose a new password by this link; after that you can sign in there.',
    ],
    link: { label: 'Choose a new password', path: '/reset-password', token: token.secret },
    notes: [expiryNotice(token), 'None of the passwords was right.'],
  };
}
