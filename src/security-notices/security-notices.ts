import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Happening } from '../core/event-map.js';
import { Events } from '../core/events.js';
import { type Tx } from '../core/tx.js';
import { Database } from '../database/database.js';
import { type Letter } from '../mail/letter.js';
import { Mails } from '../mail/mails.js';
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

declare module '../mail/mails.js' {
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
      await this.mails.add(tx, 'new_device', { sessionId: payload.sessionId, at });
    } else if (name === 'session.ended' && payload.reason === 'token_reused') {
      await this.mails.add(tx, 'token_reused', { sessionId: payload.sessionId, at });
    } else if (name === 'user.password_changed') {
      await this.mails.add(tx, 'password_changed', { userId: payload.userId, at });
    } else if (name === 'user.second_factor') {
      await this.mails.add(tx, 'second_factor', { ...payload, at });
    } else if (name === 'user.email_changed') {
      await this.mails.add(tx, 'email_changed', { ...payload, at });
    }
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
