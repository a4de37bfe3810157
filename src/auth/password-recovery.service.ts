import { Injectable } from '@nestjs/common';
import { systemAuthor, visitorFrom, type Author } from '../core/authorization/actor.js';
import { Change } from '../core/persistence/unit-of-work.js';
import { Jobs } from '../infrastructure/jobs/jobs.js';
import { LOCKED_ACCOUNTS, type AccountLocked } from './login-protection/login-gate.js';
import { DAY_MS } from './login-protection/login-pace.js';
import { type Letter } from '../infrastructure/mail/letter.js';
import { MailBudget } from '../infrastructure/mail/mail-budget.service.js';
import { Mails } from '../infrastructure/mail/mails.js';
import {
  type Addressed,
  type AddressRequest,
  linkTerm,
  MailedTokens,
  PASSWORD_RESET,
} from './email-tokens/mailed-tokens.js';
import { UsersRepository } from '../users/users.repository.js';

declare module '../infrastructure/mail/mails.js' {
  interface MailKinds {
    password_reset: { readonly tokenId: number };
    account_locked: { readonly tokenId: number };
  }
}

const REQUESTS = 'password-reset-requests';

/** Mails for those who have forgotten their password. */
@Injectable()
export class PasswordRecovery {
  constructor(
    private readonly change: Change,
    private readonly users: UsersRepository,
    private readonly tokens: MailedTokens,
    private readonly jobs: Jobs,
    private readonly mails: Mails,
    private readonly budget: MailBudget,
  ) {
    jobs.queue<AddressRequest>(REQUESTS, (request) => this.issue(request));
    mails.kind('password_reset', async ({ tokenId }) => {
      const token = await tokens.addressed(PASSWORD_RESET, tokenId);
      return token && passwordResetLetter(token);
    });
    jobs.queue<AccountLocked>(LOCKED_ACCOUNTS, ({ userId }) => this.offerReset(userId));
    mails.kind('account_locked', async ({ tokenId }) => {
      const token = await tokens.addressed(PASSWORD_RESET, tokenId);
      return token && accountLockedLetter(token);
    });
  }

  /**
   * Asks for a mail. It does the same for every address; whose it is, is found out after the answer.
   *
   * @throws Problem 429 where too many were asked for from the network
   */
  async forgot(visitor: Author, email: string): Promise<void> {
    await this.budget.assertNetwork(visitor);
    const request: AddressRequest = { email, origin: visitor.origin };
    await this.change.by(visitor, (tx) => this.jobs.add(tx, REQUESTS, [request]));
  }

  /** Mails a link that works for as long as the account admits no unknown device; one that is open stays as it is. */
  private async offerReset(userId: number | null): Promise<void> {
    if (userId === null) return;
    await this.change.by(systemAuthor('login-protection'), async (tx) => {
      const user = await this.users.lockActive(tx, userId);
      if (!user || (await this.tokens.hasOpen(tx, PASSWORD_RESET, userId))) return;
      const expiresAt = new Date(tx.now.getTime() + DAY_MS);
      const { id } = await this.tokens.issue(tx, PASSWORD_RESET, user, user.email, { expiresAt });
      await this.mails.add(tx, 'account_locked', { tokenId: id });
    });
  }

  /** Disabled users get none, and nobody more than one within five minutes. */
  private issue({ email, origin }: AddressRequest): Promise<void> {
    return this.change.by(visitorFrom(origin), async (tx) => {
      const user = await this.users.lockByAddress(tx, email);
      if (!user || (await this.tokens.wasIssuedLately(tx, PASSWORD_RESET, user.id))) return;
      if (!(await this.budget.hasRoom('password_reset', user.email))) return;
      const { id } = await this.tokens.issue(tx, PASSWORD_RESET, user, user.email);
      await this.mails.add(tx, 'password_reset', { tokenId: id });
    });
  }
}

function passwordResetLetter(token: Addressed): Letter {
  return {
    ...{ to: token.email, name: token.username },
    subject: 'Choose a new password',
    paragraphs: ['Somebody, probably you, asked for a new password for your account.'],
    link: { label: 'Choose a new password', path: '/reset-password', token: token.secret },
    notes: [
      linkTerm(token),
      'A new password signs you out on every device.',
      'If you did not ask for this, do nothing: your password stays as it is.',
    ],
  };
}

function accountLockedLetter(token: Addressed): Letter {
  return {
    ...{ to: token.email, name: token.username },
    subject: 'Many wrong passwords were tried on your account',
    paragraphs: [
      'Too many wrong passwords were tried on your account from devices that it was not used on before. For a day it admits only devices that you have signed in on.',
      'Such a device goes on as usual. On any other one, choose a new password by this link; after that you can sign in there.',
    ],
    link: { label: 'Choose a new password', path: '/reset-password', token: token.secret },
    notes: [linkTerm(token), 'None of the passwords was right.'],
  };
}
