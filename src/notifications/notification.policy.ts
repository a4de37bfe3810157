import { policy } from '../core/authorization/policy.js';
import { type Notification } from './notification.entity.js';

export type NotificationAttributes = Pick<Notification, 'userId'>;

/** Its column; every query of notifications calls the table `n`. */
export const NOTIFICATION_COLUMNS = { userId: 'n.user_id' } as const;

/** Every user reads and marks their own notifications only. */
export const ownNotifications = policy<NotificationAttributes>('see notifications', ({ id }) => [{ userId: id }]);
