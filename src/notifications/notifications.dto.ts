import { IsBoolean } from 'class-validator';
import { ApiSchemaHint } from '../core/http/api-docs.decorators.js';
import { ParseBoolean, OptionalNotNull } from '../core/http/field.validators.js';
import { PageQuery } from '../core/http/page.dto.js';
import { Count, Id, Instant } from '../core/http/schema.decorators.js';
import { STATUSES, type Status } from '../tasks/task.entity.js';
import { NOTIFICATION_TYPES, type NotificationType } from './notification.entity.js';

export class NotificationView {
  /** @example 21 */
  @Id()
  id: number;
  /** @example 2 */
  @Id()
  user_id: number;
  /**
   * Id of the task, as `task_id`.
   * @example 3
   */
  @Id()
  task: number | null;
  /** @example 3 */
  @Id()
  task_id: number | null;
  /**
   * Null where you cannot see the task any more.
   * @example "Verify informed consent forms, site 04"
   */
  task_title: string | null;
  /**
   * Current status of the task; null where you cannot see the task any more.
   * @example "in_progress"
   */
  @ApiSchemaHint({ enum: [...STATUSES] })
  task_status: Status | null;
  /** @example "task_assigned" */
  // Or a kind of an extension, which the API documents add to these.
  @ApiSchemaHint({ enum: [...NOTIFICATION_TYPES] })
  notification_type: NotificationType;
  /** @example "manager gave you the task \"Verify informed consent forms, site 04\"" */
  message: string;
  read: boolean;
  /** True once it was written to one of your sockets. */
  is_delivered: boolean;
  /** @example "2026-11-02T08:15:00.000Z" */
  @Instant()
  created_at: string;
}

export class NotificationFilter extends PageQuery {
  /** `true` for unread notifications only, `false` for read ones only. */
  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'unread must be true or false' })
  unread?: boolean;
}

export class MarkedRead {
  /** @example "notification marked as read" */
  status: string;
}

export class UnreadCount {
  /** @example 4 */
  @Count()
  count: number;
}
