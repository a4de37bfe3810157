import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { visitorFrom, type Author } from '../core/actor.js';
import { Change } from '../core/change.js';
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
} from '../mailed-tokens/mailed-tokens.js';
import { User } from '../users/user.entity.js';

declare module '../mail/mails.js' {
  interface MailKinds {
    password_reset: { readonly tokenId: number };
  }
}

const REQUESTS = 'password-reset-requests';

/** Mails for those who have forgotten their password. */
@Injectable()
export class PasswordRecovery {
  constructor(
    private readonly change: Change,
    private readonly tokens: MailedTokens,
    private readonly jobs: Jobs,
    private readonly mails: Mails,
  ) {
    jobs.queue<AddressRequest>(REQUESTS, (request) => this.issue(request));
    mails.kind('password_reset', async ({ tokenId }) => {
      const token = await tokens.addressed(PASSWORD_RESET, tokenId);
      return token && passwordResetLetter(token);
    });
  }

  /** Asks for a mail. It does the same for every address; whose it is, is found out after the answer. */
  forgot(visitor: Author, email: string): Promise<void> {
    const request: AddressRequest = { email, origin: visitor.origin };
    return this.change.by(visitor, (tx) => this.jobs.add(tx, REQUESTS, [request]));
  }

  /** Disabled users get none, and nobody more than one within five minutes. */
  private issue({ email, origin }: AddressRequest): Promise<void> {
    return this.change.by(visitorFrom(origin), async (tx) => {
      const found = await tx.query<{ id: number }>(sql`SELECT id FROM users WHERE lower(email) = lower(${email})`);
      const ids = found.map(({ id }) => id);
      const [user] = await tx.lock(User, ids, sql`is_active AND lower(email) = lower(${email})`);
      if (!user) return;
      const lately = await tx.query(
        sql`SELECT FROM password_reset_tokens WHERE user_id = ${user.id} AND created_at > ${floodStart(tx)} LIMIT 1`,
      );
      if (lately.length > 0) return;
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
