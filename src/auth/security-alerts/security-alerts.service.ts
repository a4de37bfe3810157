import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type DomainEvent } from '../../core/persistence/event-map.js';
import { EventBus } from '../../core/persistence/domain-events.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { type EmailContent } from '../../infrastructure/mail/email-template.js';
import { MailBudget } from '../../infrastructure/mail/mail-budget.service.js';
import { MailOutbox, type MailTemplate, type MailTemplates } from '../../infrastructure/mail/mail-outbox.service.js';
import { type SecondFactorNews } from '../second-factor/second-factor.problems.js';
import { deviceName } from '../sessions/sessions.dto.js';
import {
  emailChangedEmail,
  newDeviceEmail,
  passwordChangedEmail,
  secondFactorEmail,
  tokenReusedEmail,
  type Recipient,
  type SeenDevice,
} from './security-alert.templates.js';

interface OfUser {
  readonly userId: number;
  /** ISO 8601. */
  readonly at: string;
}

declare module '../../infrastructure/mail/mail-outbox.service.js' {
  interface MailTemplates {
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
export class SecurityAlerts {
  constructor(
    private readonly database: Database,
    private readonly outbox: MailOutbox,
    private readonly budget: MailBudget,
    events: EventBus,
  ) {
    events.beforeCommit(async (tx, happenings) => {
      for (const happening of happenings) await this.enqueueAlert(tx, happening);
    });
    outbox.registerTemplate('new_device', ({ sessionId, at }) => this.ofSession(sessionId, at, newDeviceEmail));
    outbox.registerTemplate('token_reused', ({ sessionId, at }) => this.ofSession(sessionId, at, tokenReusedEmail));
    outbox.registerTemplate('password_changed', async ({ userId, at }) => {
      const reader = await this.reader(userId);
      return reader && passwordChangedEmail(reader, new Date(at));
    });
    outbox.registerTemplate('second_factor', async ({ userId, at, news }) => {
      const reader = await this.reader(userId);
      return reader && secondFactorEmail(reader, news, new Date(at));
    });
    outbox.registerTemplate('email_changed', async ({ userId, at, oldEmail }) => {
      const reader = await this.reader(userId);
      return reader && emailChangedEmail({ ...reader, email: oldEmail }, new Date(at));
    });
  }

  private async enqueueAlert(tx: AuditedTransaction, { name, payload }: DomainEvent): Promise<void> {
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
  private async add<K extends MailTemplate>(
    tx: AuditedTransaction,
    { userId }: { readonly userId: number },
    kind: K,
    about: MailTemplates[K] & object,
    news = '',
  ): Promise<void> {
    if (await this.budget.hasRoom(`${kind}${news}`, { userId })) await this.outbox.enqueue(tx, kind, about);
  }

  private async ofSession(
    id: number,
    at: string,
    letter: (reader: Recipient, device: SeenDevice, at: Date) => EmailContent,
  ): Promise<EmailContent | undefined> {
    const session = await this.database.row<{ userId: number; ip: string | null; userAgent: string | null }>(
      sql`SELECT user_id AS "userId", ip_address AS ip, user_agent AS "userAgent" FROM user_sessions WHERE id = ${id}`,
    );
    const reader = session && (await this.reader(session.userId));
    const device = deviceName(session?.userAgent ?? null).slice(0, MAX_NAME);
    return reader && letter(reader, { device, ip: session.ip }, new Date(at));
  }

  private reader(userId: number): Promise<Recipient | undefined> {
    return this.database.row<Recipient>(
      sql`SELECT username, email, timezone AS "timeZone" FROM users WHERE id = ${userId}`,
    );
  }
}
