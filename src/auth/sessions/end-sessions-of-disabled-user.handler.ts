import { Injectable } from '@nestjs/common';
import { type DomainEvent } from '../../core/persistence/event-map.js';
import { EventBus } from '../../core/persistence/domain-events.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { SessionsService } from './sessions.service.js';

/** Ends all sessions of a user in the transaction that disables the account. */
@Injectable()
export class EndSessionsOfDisabledUserHandler {
  constructor(
    eventBus: EventBus,
    private readonly sessions: SessionsService,
  ) {
    eventBus.beforeCommit((tx, events) => this.endSessions(tx, events));
  }

  private async endSessions(tx: AuditedTransaction, events: readonly DomainEvent[]): Promise<void> {
    for (const { name, payload } of events)
      if (name === 'user.disabled') await this.sessions.revokeAll(tx, payload.userId, 'user_disabled');
  }
}
