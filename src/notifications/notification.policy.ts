import { policy } from '../core/authorization/policy.js';
import { visibleTasks } from '../tasks/task.policy.js';
import { type Notification } from './notification.entity.js';

export type NotificationAttributes = Pick<Notification, 'userId' | 'taskId'>;

/** Their columns; every query of notifications calls the table `n`. */
export const NOTIFICATION_COLUMNS = Object.freeze({ userId: 'n.user_id', taskId: 'n.task_id' } as const);

/** Every user reads and marks their own notifications only. */
export const ownNotifications = policy<NotificationAttributes>(
  'see notifications',
  ({ id }) => [{ userId: id }],
  // Its text quotes the title of the task.
  { id: 'taskId', within: visibleTasks },
);
