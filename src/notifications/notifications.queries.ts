import { Injectable } from '@nestjs/common';
import sql, { empty, join, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import {
  rawJson,
  jsonString,
  pgBoolean,
  pgTimestamp,
  RowSerializer,
  unescapedString,
} from '../core/http/row-serializer.js';
import { type ListReader } from '../core/http/list-response.js';
import { limitSql, type JsonRow } from '../core/http/keyset-pagination.js';
import { shownRecords } from '../core/authorization/restriction.sql.js';
import { inScope } from '../core/authorization/policy.js';
import { Clock } from '../core/clock.js';
import { Database, iso } from '../infrastructure/database/database.js';
import { keysetReader, type KeysetList } from '../infrastructure/database/keyset-list.js';
import { TASK_COLUMNS, visibleTasks } from '../tasks/task.policy.js';
import { NotificationKinds } from './notification-kinds.sql.js';
import { NOTIFICATION_COLUMNS, ownNotifications } from './notification.policy.js';
import { type NotificationFilter, type NotificationView } from './notifications.dto.js';

/** Serializes a row as `NotificationView`. */
const VIEW = new RowSerializer<NotificationView>({
  id: [sql`n.id`, rawJson],
  user_id: [sql`n.user_id`, rawJson],
  task: [sql`n.task_id`, rawJson],
  task_id: [sql`n.task_id`, rawJson],
  task_title: [sql`t.title`, jsonString],
  task_status: [sql`t.status`, unescapedString],
  message: [sql`n.message`, jsonString],
  notification_type: [sql`n.notification_type`, unescapedString],
  read: [sql`n.read`, pgBoolean],
  is_delivered: [sql`n.is_delivered`, pgBoolean],
  created_at: [sql`n.created_at`, pgTimestamp],
});

const LIST: KeysetList<NotificationView> = {
  cursorScope: 'notifications -id',
  keys: [{ expression: 'n.id', type: 'int', descending: true }],
  view: VIEW,
};

/** Hides the current state of a task that the reader cannot see. */
const from = (actor: Actor): Sql => sql`notifications n LEFT JOIN tasks t ON t.id = n.task_id
      AND t.deleted_at IS NULL AND ${inScope(visibleTasks(actor), TASK_COLUMNS)}`;

/** Serializes a row as the frame of a socket. */
const FRAME_SERIALIZER = sql`json_build_object('type', 'notification', 'notification', json_build_object(
  'id', n.id, 'message', n.message, 'notification_type', n.notification_type, 'task_id', n.task_id,
  'created_at', ${iso(sql`n.created_at`)}, 'read', n.read))::text AS json`;

/** A serialized notification for a socket. */
export interface NotificationFrame extends JsonRow {
  readonly id: number;
  readonly userId: number;
}

/** Reads notifications, for their user and for delivery to sockets. */
@Injectable()
export class NotificationsQueries {
  constructor(
    private readonly database: Database,
    private readonly kinds: NotificationKinds,
    private readonly clock: Clock,
  ) {}

  async one(actor: Actor, id: number): Promise<string | undefined> {
    const [row] = await this.database.queryRaw(
      sql`SELECT ${VIEW.columns} FROM ${from(actor)} WHERE n.id = ${id} AND ${own(actor)} AND ${this.shown}`,
    );
    return row && VIEW.serialize(row);
  }

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, filter: NotificationFilter): ListReader {
    return keysetReader(this.database, LIST, {
      actorId: actor.id,
      cursor: filter.cursor,
      from: from(actor),
      countFrom: sql`notifications n`,
      where: sql`${where(actor, filter)} AND ${this.shown}`,
      context: undefined,
    });
  }

  /**
   * Counts the unread notifications of a user. Those about records are judged in a statement of their own, only where there
   * are any: planning and starting their condition takes as long as the count.
   */
  async unreadCount(actor: Actor): Promise<number> {
    const unread = where(actor, { unread: true });
    const counts = await this.database.row<{ others: number; aboutRecords: number }>(
      sql`SELECT count(*) FILTER (WHERE n.record_id IS NULL)::int AS others, count(n.record_id)::int AS "aboutRecords"
        FROM notifications n WHERE ${unread}`,
    );
    const { others = 0, aboutRecords = 0 } = counts ?? {};
    if (aboutRecords === 0) return others;
    const shown = await this.database.row<{ n: number }>(sql`SELECT count(*)::int AS n FROM notifications n
      WHERE ${unread} AND n.record_id IS NOT NULL AND ${this.shown}`);
    return others + (shown?.n ?? 0);
  }

  /** Reads undelivered notifications of a user with ids above one, oldest first. */
  undelivered(actor: Actor, afterId: number, limit: number): Promise<NotificationFrame[]> {
    return this.database
      .rows<NotificationFrame>(sql`SELECT n.id, n.user_id AS "userId", ${FRAME_SERIALIZER} FROM notifications n
      WHERE n.user_id = ${actor.id} AND NOT n.is_delivered AND n.id > ${afterId}${andOwn(actor)} AND ${this.shown} ORDER BY n.id ${limitSql(limit)}`);
  }

  /** Reads overdue undelivered notifications of users whom nothing narrows, oldest first. */
  overdue(userIds: readonly number[], before: Date, limit: number): Promise<NotificationFrame[]> {
    return this.database
      .rows<NotificationFrame>(sql`SELECT n.id, n.user_id AS "userId", ${FRAME_SERIALIZER} FROM notifications n
      WHERE n.user_id = ANY(${userIds}::int[]) AND NOT n.is_delivered AND n.created_at < ${before} AND ${this.shown}
      ORDER BY n.id ${limitSql(limit)}`);
  }

  /** The same of one user whom an extension narrows. */
  overdueOf(actor: Actor, before: Date, limit: number): Promise<NotificationFrame[]> {
    return this.database
      .rows<NotificationFrame>(sql`SELECT n.id, n.user_id AS "userId", ${FRAME_SERIALIZER} FROM notifications n
      WHERE n.user_id = ${actor.id} AND NOT n.is_delivered AND n.created_at < ${before}${andOwn(actor)}
        AND ${this.shown}
      ORDER BY n.id ${limitSql(limit)}`);
  }

  /** Reads unread notifications of users that were written since a time and have ids above one, oldest first. */
  writtenSince(userIds: readonly number[], since: Date, afterId: number, limit: number): Promise<NotificationFrame[]> {
    return this.database
      .rows<NotificationFrame>(sql`SELECT n.id, n.user_id AS "userId", ${FRAME_SERIALIZER} FROM notifications n
      WHERE n.user_id = ANY(${userIds}::int[]) AND NOT n.read AND n.created_at >= ${since} AND n.id > ${afterId}
        AND ${this.shown}
      ORDER BY n.id ${limitSql(limit)}`);
  }

  /** Returns the frames of a user whose tasks the user sees. */
  async readable(actor: Actor, frames: readonly NotificationFrame[]): Promise<readonly NotificationFrame[]> {
    if (!isNarrowed(actor)) return frames;
    const ids = frames.map(({ id }) => id);
    const rows = await this.database.rows<{ id: number }>(
      sql`SELECT n.id FROM notifications n WHERE n.id = ANY(${ids}::int[]) AND ${own(actor)}`,
    );
    const readable = new Set(rows.map(({ id }) => id));
    return frames.filter(({ id }) => readable.has(id));
  }

  /** Reads notifications by id, oldest first, but those about records that their users may not see. */
  frames(ids: readonly number[]): Promise<NotificationFrame[]> {
    return this.database
      .rows<NotificationFrame>(sql`SELECT n.id, n.user_id AS "userId", ${FRAME_SERIALIZER} FROM notifications n
      WHERE n.id = ANY(${ids}::int[]) AND ${this.shown} ORDER BY n.id`);
  }

  /** Condition on the record of a notification. */
  private get shown(): Sql {
    return this.kinds.shown(this.clock.now());
  }
}

/** True where an extension keeps notifications from a user. */
export const isNarrowed = (actor: Actor): boolean => shownRecords(actor, 'task', 'n.task_id').length > 0;

const andOwn = (actor: Actor): Sql => (isNarrowed(actor) ? sql` AND ${own(actor)}` : empty);

const own = (actor: Actor): Sql => inScope(ownNotifications(actor), NOTIFICATION_COLUMNS);

function where(actor: Actor, { unread }: NotificationFilter): Sql {
  return join([own(actor), ...(unread === undefined ? [] : [unread ? sql`NOT n.read` : sql`n.read`])], ' AND ');
}
