import { Injectable } from '@nestjs/common';
import { type DomainEvent } from '../../core/persistence/event-map.js';
import { EventBus } from '../../core/persistence/domain-events.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { type EmailContent } from '../../infrastructure/mail/email-template.js';
import { MailBudget } from '../../infrastructure/mail/mail-budget.service.js';
import { MailOutbox, type MailTemplate, type MailTemplates } from '../../infrastructure/mail/mail-outbox.service.js';
import { type SecondFactorNews } from '../second-factor/second-factor.problems.js';
import { deviceName } from '../sessions/sessions.dto.js';
import { SecurityAlertsRepository } from './security-alerts.repository.js';
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

/** Mails users about security events of their account; each mail is enqueued in the transaction of the event. */
@Injectable()
export class SecurityAlerts {
  constructor(
    private readonly repository: SecurityAlertsRepository,
    private readonly outbox: MailOutbox,
    private readonly budget: MailBudget,
    events: EventBus,
  ) {
    events.beforeCommit(async (tx, domainEvents) => {
      for (const domainEvent of domainEvents) await this.enqueueAlert(tx, domainEvent);
    });
    outbox.registerTemplate('new_device', ({ sessionId, at }) => this.ofSession(sessionId, at, newDeviceEmail));
    outbox.registerTemplate('token_reused', ({ sessionId, at }) => this.ofSession(sessionId, at, tokenReusedEmail));
    outbox.registerTemplate('password_changed', async ({ userId, at }) => {
      const recipient = await this.repository.findRecipient(userId);
      return recipient ? passwordChangedEmail(recipient, new Date(at)) : undefined;
    });
    outbox.registerTemplate('second_factor', async ({ userId, at, news }) => {
      const recipient = await this.repository.findRecipient(userId);
      return recipient ? secondFactorEmail(recipient, news, new Date(at)) : undefined;
    });
    outbox.registerTemplate('email_changed', async ({ userId, at, oldEmail }) => {
      const recipient = await this.repository.findRecipient(userId);
      return recipient ? emailChangedEmail({ ...recipient, email: oldEmail }, new Date(at)) : undefined;
    });
  }

  private async enqueueAlert(tx: AuditedTransaction, { name, payload }: DomainEvent): Promise<void> {
    const at = tx.now.toISOString();
    if (name === 'session.opened' && payload.newDevice) {
      await this.enqueueWithinBudget(tx, payload, 'new_device', { sessionId: payload.sessionId, at });
    } else if (name === 'session.ended' && payload.reason === 'token_reused') {
      await this.enqueueWithinBudget(tx, payload, 'token_reused', { sessionId: payload.sessionId, at });
    } else if (name === 'user.password_changed') {
      await this.enqueueWithinBudget(tx, payload, 'password_changed', { userId: payload.userId, at });
    } else if (name === 'user.second_factor') {
      await this.enqueueWithinBudget(tx, payload, 'second_factor', { ...payload, at }, payload.news);
    } else if (name === 'user.email_changed') {
      await this.enqueueWithinBudget(tx, payload, 'email_changed', { ...payload, at });
    }
  }

  /** @param news separates the mail budgets of different news of one kind */
  private async enqueueWithinBudget<K extends MailTemplate>(
    tx: AuditedTransaction,
    { userId }: { readonly userId: number },
    kind: K,
    params: MailTemplates[K] & object,
    news = '',
  ): Promise<void> {
    if (await this.budget.hasRoom(`${kind}${news}`, { userId })) await this.outbox.enqueue(tx, kind, params);
  }

  private async ofSession(
    id: number,
    at: string,
    render: (recipient: Recipient, device: SeenDevice, at: Date) => EmailContent,
  ): Promise<EmailContent | undefined> {
    const session = await this.repository.findSession(id);
    const recipient = session && (await this.repository.findRecipient(session.userId));
    if (!recipient) return undefined;
    const device = deviceName(session.userAgent).slice(0, MAX_NAME);
    return render(recipient, { device, ip: session.ipAddress }, new Date(at));
  }
}
