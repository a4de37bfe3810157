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

/** Changes the state of notifications. Reading one changes no business record, so it is not audited. */
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

  /** Accepts a notification that was read before. @throws Problem 404 where it is not the actor's */
  async markRead(actor: Actor, id: number): Promise<void> {
    const found = await this.unitOfWork.run(actor, (tx) => this.notifications.markRead(tx, actor, id));
    if (!found) throw NotificationProblem.notification_not_found(`Notification ${id} not found`);
  }

  /** @returns the number of notifications that were unread */
  markAllRead(actor: Actor): Promise<number> {
    return this.unitOfWork.run(actor, (tx) => this.notifications.markAllRead(tx, actor));
  }

  /** Marks notifications as delivered to a socket of their user. */
  async markDelivered(ids: readonly number[]): Promise<void> {
    await this.unitOfWork.run(systemPrincipal('delivery'), (tx) => this.notifications.markDelivered(tx, ids));
  }

  /** Deletes notifications that were read long ago, one batch per transaction. @returns the number deleted */
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
