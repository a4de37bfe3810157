import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { asIs, escaped, flag, instant, JsonView, plain, type TextRow } from '../core/http/row-serializer.js';
import {
  atMost,
  cursorTexts,
  fetchedFor,
  orderBy,
  textPageOf,
  startingAt,
  type JsonPage,
  type JsonRow,
  type SortKey,
} from '../core/http/keyset-pagination.js';
import { inScope } from '../core/authorization/policy.js';
import { Database, iso } from '../infrastructure/database/database.js';
import { TASK_COLUMNS, visibleTasks } from '../tasks/task.policy.js';
import { NOTIFICATION_COLUMNS, ownNotifications } from './notification.policy.js';
import { type NotificationFilter } from './notifications.dto.js';

const ORDER = 'notifications -id';
const NEWEST_FIRST: readonly SortKey[] = [{ expression: 'n.id', type: 'int', descending: true }];

/** A notification as the API shows it. */
const VIEW = new JsonView<void>({
  id: [sql`n.id`, asIs],
  user_id: [sql`n.user_id`, asIs],
  task: [sql`n.task_id`, asIs],
  task_id: [sql`n.task_id`, asIs],
  task_title: [sql`t.title`, escaped],
  task_status: [sql`t.status`, plain],
  message: [sql`n.message`, escaped],
  notification_type: [sql`n.notification_type`, plain],
  read: [sql`n.read`, flag],
  is_delivered: [sql`n.is_delivered`, flag],
  created_at: [sql`n.created_at`, instant],
});
/** A task that the reader may not see, by now or ever, is told no more of than when the notification was written. */
const from = (me: Actor): Sql => sql`FROM notifications n LEFT JOIN tasks t ON t.id = n.task_id
      AND t.deleted_at IS NULL AND ${inScope(visibleTasks(me), TASK_COLUMNS)}`;

/** A notification as a socket shows it. */
const FRAME = sql`json_build_object('type', 'notification', 'notification', json_build_object(
  'id', n.id, 'message', n.message, 'notification_type', n.notification_type, 'task_id', n.task_id,
  'created_at', ${iso(sql`n.created_at`)}, 'read', n.read))::text AS json`;

/** A notification on its way to a socket: its frame as text. */
export interface Frame extends JsonRow {
  readonly id: number;
  readonly userId: number;
}

/** Named reads of notifications: people read their own, sockets what is theirs to deliver. */
@Injectable()
export class NotificationsQueries {
  constructor(private readonly database: Database) {}

  async one(me: Actor, id: number): Promise<string | undefined> {
    const [row] = await this.database.texts(sql`SELECT ${VIEW.columns} ${from(me)} WHERE n.id = ${id} AND ${own(me)}`);
    return row && VIEW.json(row);
  }

  async page(me: Actor, filter: NotificationFilter, limit: number): Promise<JsonPage> {
    const page = await this.database.pageTexts(sql`${this.listSql(me, filter)} ${atMost(fetchedFor(limit))}`, limit);
    return textPageOf(page.rows, page.limit, ORDER, VIEW, undefined);
  }

  /** The whole list, in batches. */
  all(me: Actor, filter: NotificationFilter): AsyncGenerator<JsonRow[]> {
    const views = (rows: TextRow[]) => rows.map((row) => ({ json: VIEW.json(row) }));
    return this.database.textBatches(this.listSql(me, filter), me.id, views);
  }

  async count(me: Actor, filter: NotificationFilter): Promise<number> {
    const row = await this.database.row<{ n: string }>(
      sql`SELECT count(*) AS n FROM notifications n WHERE ${where(me, filter)}`,
    );
    return Number(row?.n);
  }

  /** What a user has not been sent yet, behind an id, oldest first. */
  undelivered(userId: number, behind: number, limit: number): Promise<Frame[]> {
    return this.database.rows<Frame>(sql`SELECT n.id, n.user_id AS "userId", ${FRAME} FROM notifications n
      WHERE n.user_id = ${userId} AND NOT n.is_delivered AND n.id > ${behind} ORDER BY n.id ${atMost(limit)}`);
  }

  /** What any of these users should have been sent by now, oldest first. */
  overdue(userIds: readonly number[], before: Date, limit: number): Promise<Frame[]> {
    return this.database.rows<Frame>(sql`SELECT n.id, n.user_id AS "userId", ${FRAME} FROM notifications n
      WHERE n.user_id = ANY(${userIds}::int[]) AND NOT n.is_delivered AND n.created_at < ${before}
      ORDER BY n.id ${atMost(limit)}`);
  }

  /** Those of the given ids, oldest first. */
  frames(ids: readonly number[]): Promise<Frame[]> {
    return this.database.rows<Frame>(sql`SELECT n.id, n.user_id AS "userId", ${FRAME} FROM notifications n
      WHERE n.id = ANY(${ids}::int[]) ORDER BY n.id`);
  }

  private listSql(me: Actor, filter: NotificationFilter): Sql {
    return sql`SELECT ${VIEW.columns}, ${cursorTexts(NEWEST_FIRST)} ${from(me)}
      WHERE ${where(me, filter)} AND ${startingAt(filter.cursor, ORDER, NEWEST_FIRST)}
      ORDER BY ${orderBy(NEWEST_FIRST)}`;
  }
}

const own = (me: Actor): Sql => inScope(ownNotifications(me), NOTIFICATION_COLUMNS);

function where(me: Actor, { unread }: NotificationFilter): Sql {
  return join([own(me), ...(unread === undefined ? [] : [unread ? sql`NOT n.read` : sql`n.read`])], ' AND ');
}
