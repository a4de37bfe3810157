import { Injectable } from '@nestjs/common';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { EventBus } from '../../../core/persistence/domain-events.js';
import { PgNotifyBus } from '../../../infrastructure/database/pg-notify.js';
import { LinkedTasksRepository } from './linked-tasks.repository.js';

/** Channel on which the database notifies each change of a lock or an access with its commit. */
const CHANNEL = 'ctms_studies';

/**
 * Caches whether any study is locked or for members, so that changes of tasks ask nothing where none is. Changes by
 * this process invalidate it before they are answered; other processes, workers of the same replica too, learn of them by
 * NOTIFY a moment later: who skips a check because of it has the database confirm it. Without a NOTIFY connection it is empty.
 */
@Injectable()
export class RestrictedStudiesCache {
  private anyRestricted: boolean | undefined;
  /** Counts invalidations: a read that started before one may be stale. */
  private invalidations = 0;

  constructor(
    private readonly notifyBus: PgNotifyBus,
    private readonly tasks: LinkedTasksRepository,
    events: EventBus,
  ) {
    const invalidate = () => this.invalidate();
    notifyBus.subscribe(CHANNEL, invalidate);
    notifyBus.onReconnect(invalidate);
    notifyBus.onDatabaseReplaced(invalidate);
    for (const event of ['study.created', 'study.locked', 'study.unlocked', 'study.record_changed'] as const)
      events.afterCommit(event, invalidate);
  }

  /** True where a study is locked or for members. */
  async isAnyRestricted(tx: AuditedTransaction): Promise<boolean> {
    if (!this.notifyBus.isConnected) this.invalidate();
    if (this.anyRestricted !== undefined) return this.anyRestricted;
    const before = this.invalidations;
    const found = await this.tasks.isAnyStudyRestricted(tx);
    if (before === this.invalidations && this.notifyBus.isConnected) this.anyRestricted = found;
    return found;
  }

  invalidate(): void {
    this.invalidations++;
    this.anyRestricted = undefined;
  }
}
