import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { Config } from '../config/config.js';
import { systemAuthor, type Actor } from '../core/actor.js';
import { Change } from '../core/change.js';
import { inScope } from '../core/scope.js';
import { Jobs } from '../jobs/jobs.js';
import { NOTIFICATION_COLUMNS, ownNotifications } from './notification.policy.js';
import { NotificationProblem } from './notifications.events.js';

const CLEAN_UP = 'clean-up-notifications';
const BATCH = 10_000;
const DAY_MS = 86_400_000;

/** The verbs of notifications. What people have read is no change of a business record, so the audit trail is silent. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly change: Change,
    private readonly config: Config,
    private readonly jobs: Jobs,
  ) {
    jobs.periodic(CLEAN_UP, '17 2 * * *', () => this.cleanUp());
  }

  /** @throws Problem 404 if it is not one's own; that it is read already is no error */
  async markRead(me: Actor, id: number): Promise<void> {
    const found = await this.change.by(me, async (tx) => {
      await tx.query(this.readSql(me, tx.now, sql`n.id = ${id}`));
      return tx.query(sql`SELECT FROM notifications n WHERE n.id = ${id} AND ${own(me)}`);
    });
    if (found.length === 0) throw NotificationProblem.notification_not_found(`Notification ${id} not found`);
  }

  /** @returns how many were unread */
  markAllRead(me: Actor): Promise<number> {
    return this.change.by(me, async (tx) => (await tx.query(this.readSql(me, tx.now, sql`TRUE`))).length);
  }

  /** Notes that these were written to a socket of their user. */
  async markDelivered(ids: readonly number[]): Promise<void> {
    await this.change.by(systemAuthor('delivery'), (tx) =>
      tx.query(sql`UPDATE notifications SET is_delivered = true WHERE NOT is_delivered AND id IN (
        SELECT id FROM notifications WHERE id = ANY(${ids}::int[]) ORDER BY id FOR UPDATE)`),
    );
  }

  /** Deletes what was read long enough ago, a batch a transaction. @returns how many */
  private async cleanUp(): Promise<number> {
    for (let total = 0; ;) {
      const deleted = await this.change.by(systemAuthor('clean-up'), async (tx) => {
        if (!(await this.jobs.alone(tx, CLEAN_UP))) return 0;
        const before = new Date(tx.now.getTime() - this.config.notificationRetentionDays * DAY_MS);
        const rows = await tx.query(sql`DELETE FROM notifications WHERE id IN (SELECT id FROM notifications
          WHERE read AND coalesce(read_at, created_at) < ${before} LIMIT ${BATCH}) RETURNING id`);
        return rows.length;
      });
      total += deleted;
      if (deleted < BATCH) return total;
    }
  }

  private readSql(me: Actor, now: Date, which: Sql): Sql {
    return sql`UPDATE notifications n SET read = true, read_at = ${now} WHERE ${own(me)} AND NOT n.read AND ${which}
      RETURNING n.id`;
  }
}

const own = (me: Actor): Sql => inScope(ownNotifications(me), NOTIFICATION_COLUMNS);
