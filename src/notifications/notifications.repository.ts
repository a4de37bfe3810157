import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { inScope } from '../core/authorization/policy.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { NOTIFICATION_COLUMNS, ownNotifications } from './notification.policy.js';

/** Writes the state of notifications: bookkeeping, which no audit entry follows. */
@Injectable()
export class NotificationsRepository {
  /** @returns whether it is one of the actor's; one that was read before stays as it is */
  async markRead(tx: AuditedTransaction, actor: Actor, id: number): Promise<boolean> {
    await tx.query(readSql(actor, tx.now, sql`n.id = ${id}`));
    const found = await tx.query(sql`SELECT FROM notifications n WHERE n.id = ${id} AND ${own(actor)}`);
    return found.length > 0;
  }

  /** @returns how many were unread */
  async markAllRead(tx: AuditedTransaction, actor: Actor): Promise<number> {
    return (await tx.query(readSql(actor, tx.now, sql`TRUE`))).length;
  }

  async markDelivered(tx: AuditedTransaction, ids: readonly number[]): Promise<void> {
    await tx.query(sql`UPDATE notifications SET is_delivered = true WHERE NOT is_delivered AND id IN (
      SELECT id FROM notifications WHERE id = ANY(${ids}::int[]) ORDER BY id FOR UPDATE)`);
  }

  /** Deletes up to `limit` notifications that were read before a time. @returns how many */
  async deleteRead(tx: AuditedTransaction, before: Date, limit: number): Promise<number> {
    const rows = await tx.query(sql`DELETE FROM notifications WHERE id IN (SELECT id FROM notifications
      WHERE read AND coalesce(read_at, created_at) < ${before} LIMIT ${limit}) RETURNING id`);
    return rows.length;
  }
}

const readSql = (actor: Actor, now: Date, which: Sql): Sql =>
  sql`UPDATE notifications n SET read = true, read_at = ${now} WHERE ${own(actor)} AND NOT n.read AND ${which}
    RETURNING n.id`;

const own = (actor: Actor): Sql => inScope(ownNotifications(actor), NOTIFICATION_COLUMNS);
