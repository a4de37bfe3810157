import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { inScope } from '../core/authorization/policy.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { quotedTextSql } from '../core/quoted-text.js';
import { type NotificationType } from './notification.entity.js';
import { NotificationKinds } from './notification-kinds.sql.js';
import { NOTIFICATION_COLUMNS, ownNotifications } from './notification.policy.js';

/** A notification to insert. */
export interface NotificationDraft {
  readonly taskId: number;
  /** Null for the assignee of the task at the end of the change. */
  readonly userId: number | null;
  readonly type: NotificationType;
  /** Has `{title}` in place of the title of the task in quotation marks. */
  readonly message: string;
  /** Default: the title of the task at the end of the change. */
  readonly title?: string;
}

const QUOTED_TITLE = quotedTextSql('coalesce(d.title, t.title)');

/** Writes notifications and their state. Bookkeeping, not audited. */
@Injectable()
export class NotificationsRepository {
  constructor(private readonly kinds: NotificationKinds) {}

  /** Inserts notifications in one statement. @param onInserted gets the ids before the commit */
  insert(
    tx: AuditedTransaction,
    drafts: readonly NotificationDraft[],
    onInserted: (rows: { id: number; userId: number }[]) => void,
  ): void {
    tx.enqueue<{ id: number; userId: number }>(
      sql`INSERT INTO notifications
        (user_id, task_id, message, notification_type, created_at)
      SELECT coalesce(d."userId", t.assigned_to_id), t.id, replace(d.message, '{title}', ${QUOTED_TITLE}), d.type, ${tx.now}
      FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(drafts)}::jsonb)
        AS ("taskId" int, "userId" int, type text, message text, title text))
        WITH ORDINALITY AS d("taskId", "userId", type, message, title, position),
        LATERAL (SELECT id, title, assigned_to_id FROM tasks WHERE id = d."taskId" OFFSET 0) t ORDER BY d.position
      RETURNING id, user_id AS "userId"`,
      onInserted,
    );
  }

  /** Keeps the time of the first reading. @returns false where the notification is not the actor's */
  async markRead(tx: AuditedTransaction, actor: Actor, id: number): Promise<boolean> {
    const isIt = sql`n.id = ${id} AND ${this.kinds.shown(tx.now)}`;
    await tx.query(readSql(actor, tx.now, isIt));
    const found = await tx.query(sql`SELECT FROM notifications n WHERE ${isIt} AND ${own(actor)}`);
    return found.length > 0;
  }

  /** @returns the number of notifications that were unread */
  async markAllRead(tx: AuditedTransaction, actor: Actor): Promise<number> {
    return (await tx.query(readSql(actor, tx.now, this.kinds.shown(tx.now)))).length;
  }

  async markDelivered(tx: AuditedTransaction, ids: readonly number[]): Promise<void> {
    await tx.query(sql`UPDATE notifications SET is_delivered = true WHERE NOT is_delivered AND id IN (
      SELECT id FROM notifications WHERE id = ANY(${ids}::int[]) ORDER BY id FOR UPDATE)`);
  }

  /** Deletes up to `limit` notifications that were read before a time. @returns the number deleted */
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
