import { Injectable } from '@nestjs/common';
import { systemPrincipal } from '../core/authorization/actor.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { JobQueue } from '../infrastructure/jobs/job-queue.service.js';
import { type EmailContent } from '../infrastructure/mail/email-template.js';
import { MailOutbox } from '../infrastructure/mail/mail-outbox.service.js';
import { UsersRepository } from '../users/users.repository.js';
import { type EmailTokenDelivery, expiryNotice, EmailTokensService } from './email-tokens/email-tokens.service.js';
import { PASSWORD_RESET } from './email-tokens/token-kinds.js';
import { DAY_MS } from './login-protection/login-pace.js';
import { LOCKED_ACCOUNTS, type AccountLocked } from './login-protection/login-throttle.service.js';

declare module '../infrastructure/mail/mail-outbox.service.js' {
  interface MailTemplates {
    account_locked: { readonly tokenId: number };
  }
}

/** Mails links for a new password to users whose accounts reject unknown devices after many wrong passwords. */
@Injectable()
export class LockedAccountMails {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly users: UsersRepository,
    private readonly tokens: EmailTokensService,
    private readonly outbox: MailOutbox,
    jobs: JobQueue,
  ) {
    jobs.process<AccountLocked>(LOCKED_ACCOUNTS, ({ userId }) => this.offerReset(userId));
    outbox.registerTemplate('account_locked', tokens.templateOf(PASSWORD_RESET, accountLockedEmail));
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
