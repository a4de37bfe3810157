import { Injectable } from '@nestjs/common';
import { type Principal } from '../core/authorization/actor.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { type EmailContent } from '../infrastructure/mail/email-template.js';
import { MailBudget } from '../infrastructure/mail/mail-budget.service.js';
import { MailOutbox } from '../infrastructure/mail/mail-outbox.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { type EmailTokenDelivery, expiryNotice, EmailTokensService } from './email-tokens/email-tokens.service.js';
import { MailRequests } from './email-tokens/mail-requests.service.js';
import { PASSWORD_RESET } from './email-tokens/token-kinds.js';

declare module '../infrastructure/mail/mail-outbox.service.js' {
  interface MailTemplates {
    password_reset: { readonly tokenId: number };
  }
}

const REQUESTS = 'password-reset-requests';

/** Mails links for a new password on request. */
@Injectable()
export class PasswordRecovery {
  constructor(
    private readonly requests: MailRequests,
    private readonly users: UsersRepository,
    private readonly tokens: EmailTokensService,
    private readonly outbox: MailOutbox,
    private readonly budget: MailBudget,
  ) {
    requests.handle(REQUESTS, (tx, email) => this.issue(tx, email));
    outbox.registerTemplate('password_reset', tokens.templateOf(PASSWORD_RESET, passwordResetEmail));
  }

  /** Requests a mail. @throws Problem 429 where the network requested too many */
  forgot(principal: Principal, email: string): Promise<void> {
    return this.requests.add(principal, REQUESTS, email);
  }

  /** Mails an active user, at most once within five minutes. */
  private async issue(tx: AuditedTransaction, email: string): Promise<void> {
    const user = await this.users.lockByAddress(tx, email);
    if (!user || (await this.tokens.wasIssuedLately(tx, PASSWORD_RESET, user.id))) return;
    if (!(await this.budget.hasRoom('password_reset', user.email))) return;
    const { id } = await this.tokens.issue(tx, PASSWORD_RESET, user, user.email);
    await this.outbox.enqueue(tx, 'password_reset', { tokenId: id });
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
