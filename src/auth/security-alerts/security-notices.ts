import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Happening } from '../../core/persistence/event-map.js';
import { Events } from '../../core/persistence/domain-events.js';
import { type Tx } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { type Letter } from '../../infrastructure/mail/letter.js';
import { MailBudget } from '../../infrastructure/mail/mail-budget.service.js';
import { Mails, type MailKind, type MailKinds } from '../../infrastructure/mail/mails.js';
import { type SecondFactorNews } from '../second-factor/second-factor.events.js';
import { deviceName } from '../sessions/sessions.dto.js';
import {
  emailChangedLetter,
  newDeviceLetter,
  passwordChangedLetter,
  secondFactorLetter,
  tokenReusedLetter,
  type Reader,
  type SeenDevice,
} from './notice-letters.js';

interface OfUser {
  readonly userId: number;
  /** ISO 8601. */
  readonly at: string;
}

declare module '../../infrastructure/mail/mails.js' {
  interface MailKinds {
    new_device: { readonly sessionId: number; readonly at: string };
    token_reused: { readonly sessionId: number; readonly at: string };
    password_changed: OfUser;
    second_factor: OfUser & { readonly news: SecondFactorNews };
    email_changed: OfUser & { readonly oldEmail: string };
  }
}

const MAX_NAME = 60;

/** Tells users by mail what a thief would hide from them; it stands or falls with what happened. */
@Injectable()
export class SecurityNotices {
  constructor(
    private readonly database: Database,
    private readonly mails: Mails,
    private readonly budget: MailBudget,
    events: Events,
  ) {
    events.within(async (tx, happenings) => {
      for (const happening of happenings) await this.tell(tx, happening);
    });
    mails.kind('new_device', ({ sessionId, at }) => this.ofSession(sessionId, at, newDeviceLetter));
    mails.kind('token_reused', ({ sessionId, at }) => this.ofSession(sessionId, at, tokenReusedLetter));
    mails.kind('password_changed', async ({ userId, at }) => {
      const reader = await this.reader(userId);
      return reader && passwordChangedLetter(reader, new Date(at));
    });
    mails.kind('second_factor', async ({ userId, at, news }) => {
      const reader = await this.reader(userId);
      return reader && secondFactorLetter(reader, news, new Date(at));
    });
    mails.kind('email_changed', async ({ userId, at, oldEmail }) => {
      const reader = await this.reader(userId);
      return reader && emailChangedLetter({ ...reader, email: oldEmail }, new Date(at));
    });
  }

  private async tell(tx: Tx, { name, payload }: Happening): Promise<void> {
    const at = tx.now.toISOString();
    if (name === 'session.opened' && payload.newDevice) {
      await this.add(tx, payload, 'new_device', { sessionId: payload.sessionId, at });
    } else if (name === 'session.ended' && payload.reason === 'token_reused') {
      await this.add(tx, payload, 'token_reused', { sessionId: payload.sessionId, at });
    } else if (name === 'user.password_changed') {
      await this.add(tx, payload, 'password_changed', { userId: payload.userId, at });
    } else if (name === 'user.second_factor') {
      await this.add(tx, payload, 'second_factor', { ...payload, at }, payload.news);
    } else if (name === 'user.email_changed') {
      await this.add(tx, payload, 'email_changed', { ...payload, at });
    }
  }

  /** @param news counts apart from others of the kind, so that none hides another */
  private async add<K extends MailKind>(
    tx: Tx,
    { userId }: { readonly userId: number },
    kind: K,
    about: MailKinds[K] & object,
    news = '',
  ): Promise<void> {
    if (await this.budget.hasRoom(`${kind}${news}`, { userId })) await this.mails.add(tx, kind, about);
  }

  private async ofSession(
    id: number,
    at: string,
    letter: (reader: Reader, device: SeenDevice, at: Date) => Letter,
  ): Promise<Letter | undefined> {
    const session = await this.database.row<{ userId: number; ip: string | null; userAgent: string | null }>(
      sql`SELECT user_id AS "userId", ip_address AS ip, user_agent AS "userAgent" FROM user_sessions WHERE id = ${id}`,
    );
    const reader = session && (await this.reader(session.userId));
    const device = deviceName(session?.userAgent ?? null).slice(0, MAX_NAME);
    return reader && letter(reader, { device, ip: session.ip }, new Date(at));
  }

  private reader(userId: number): Promise<Reader | undefined> {
    return this.database.row<Reader>(
      sql`SELECT username, email, timezone AS "timeZone" FROM users WHERE id = ${userId}`,
    );
  }
}
