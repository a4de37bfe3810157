import { Injectable } from '@nestjs/common';
import { Config } from '../core/config/config.js';
import { systemPrincipal, type Actor } from '../core/authorization/actor.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { JobQueue } from '../infrastructure/jobs/job-queue.service.js';
import { NotificationProblem } from './notifications.events.js';
import { NotificationsRepository } from './notifications.repository.js';

const CLEAN_UP = 'clean-up-notifications';
const BATCH = 10_000;
const DAY_MS = 86_400_000;

/** The verbs of notifications. What people have read is no change of a business record, so the audit trail is silent. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly config: Config,
    private readonly notifications: NotificationsRepository,
    private readonly jobs: JobQueue,
  ) {
    jobs.schedule(CLEAN_UP, '17 2 * * *', () => this.cleanUp());
  }

  /** @throws Problem 404 if it is not one's own; that it is read already is no error */
  async markRead(actor: Actor, id: number): Promise<void> {
    const found = await this.unitOfWork.run(actor, (tx) => this.notifications.markRead(tx, actor, id));
    if (!found) throw NotificationProblem.notification_not_found(`Notification ${id} not found`);
  }

  /** @returns how many were unread */
  markAllRead(actor: Actor): Promise<number> {
    return this.unitOfWork.run(actor, (tx) => this.notifications.markAllRead(tx, actor));
  }

  /** Notes that these were written to a socket of their user. */
  async markDelivered(ids: readonly number[]): Promise<void> {
    await this.unitOfWork.run(systemPrincipal('delivery'), (tx) => this.notifications.markDelivered(tx, ids));
  }

  /** Deletes what was read long enough ago, a batch a transaction. @returns how many */
  private async cleanUp(): Promise<number> {
    for (let total = 0; ;) {
      const deleted = await this.unitOfWork.run(systemPrincipal('clean-up'), async (tx) => {
        if (!(await this.jobs.tryExclusive(tx, CLEAN_UP))) return 0;
        const before = new Date(tx.now.getTime() - this.config.notificationRetentionDays * DAY_MS);
        return this.notifications.deleteRead(tx, before, BATCH);
      });
      total += deleted;
      if (deleted < BATCH) return total;
    }
  }
}
