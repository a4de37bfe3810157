import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type DomainEvent } from '../../core/persistence/event-map.js';
import { EventBus } from '../../core/persistence/domain-events.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Redaction } from './redaction.entity.js';

/** Lets redactions lapse in the transaction that takes the role or account of one of their people away. */
@Injectable()
export class LapseRedactions {
  constructor(events: EventBus) {
    events.beforeCommit((tx, happenings) => this.lapse(tx, happenings));
  }

  private async lapse(tx: AuditedTransaction, happenings: readonly DomainEvent[]): Promise<void> {
    const ids = happenings.flatMap((event) => (event.name === 'user.dismissed' ? [event.payload.userId] : []));
    if (ids.length === 0) return;
    const open = await tx.lockWhere(
      Redaction,
      sql`(status = 'pending' AND requested_by_id = ANY(${ids}::int[])) OR (status = 'approved' AND applied_at IS NULL
        AND (requested_by_id = ANY(${ids}::int[]) OR decided_by_id = ANY(${ids}::int[])))`,
    );
    const lapsed = { status: 'lapsed', decidedById: null, decidedBy: null, decidedAt: null } as const;
    await tx.update(Redaction, open, lapsed, { verb: 'lapsed' });
  }
}
