import { Injectable } from '@nestjs/common';
import { type DomainEvent } from '../../core/persistence/event-map.js';
import { EventBus } from '../../core/persistence/domain-events.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Redaction } from './redaction.entity.js';
import { RedactionsRepository } from './redactions.repository.js';

/** Lets redactions lapse in the transaction that takes the role or account of a participant away. */
@Injectable()
export class LapseRedactions {
  constructor(
    events: EventBus,
    private readonly redactions: RedactionsRepository,
  ) {
    events.beforeCommit((tx, domainEvents) => this.lapse(tx, domainEvents));
  }

  private async lapse(tx: AuditedTransaction, events: readonly DomainEvent[]): Promise<void> {
    const userIds = events.flatMap((event) => (event.name === 'user.dismissed' ? [event.payload.userId] : []));
    if (userIds.length === 0) return;
    const open = await this.redactions.lockOpenOf(tx, userIds);
    const lapsed = { status: 'lapsed', decidedById: null, decidedBy: null, decidedAt: null } as const;
    await tx.update(Redaction, open, lapsed, { verb: 'lapsed' });
  }
}
