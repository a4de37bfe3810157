import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean } from 'class-validator';
import { ParseBoolean, OptionalNotNull } from '../core/http/field.validators.js';
import { PageQuery } from '../core/http/page.dto.js';
import { STATUSES, type Status } from '../tasks/task.entity.js';
import { NOTIFICATION_TYPES, type NotificationType } from './notification.entity.js';

export class NotificationView {
  @ApiProperty({ type: 'integer', example: 21 })
  id: number;
  @ApiProperty({ type: 'integer', example: 2 })
  user_id: number;
  /** Id of the task, as `task_id`. */
  @ApiProperty({ type: 'integer', nullable: true, example: 3 })
  task: number | null;
  @ApiProperty({ type: 'integer', nullable: true, example: 3 })
  task_id: number | null;
  /** Null where you cannot see the task any more. */
  @ApiProperty({ type: 'string', nullable: true, example: 'Verify informed consent forms, site 04' })
  task_title: string | null;
  /** Current status of the task; null where you cannot see the task any more. */
  @ApiProperty({ enum: STATUSES, nullable: true, example: 'in_progress' })
  task_status: Status | null;
  /** @example "manager gave you the task \"Verify informed consent forms, site 04\"" */
  message: string;
  // Or a kind of an extension, which the API documents add to these.
  @ApiProperty({ enum: NOTIFICATION_TYPES, example: 'task_assigned' })
  notification_type: NotificationType;
  read: boolean;
  /** True once it was written to one of your sockets. */
  is_delivered: boolean;
  /** @example "2026-11-02T08:15:00.000Z" */
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
  @ApiProperty({ type: 'integer', example: 4 })
  count: number;
}
