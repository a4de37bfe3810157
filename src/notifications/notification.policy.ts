import { policy } from '../core/authorization/policy.js';
import { type Notification } from './notification.entity.js';

export type NotificationAttributes = Pick<Notification, 'userId'>;

/** Where that field is in SQL; every query of notifications calls the table `n`. */
export const NOTIFICATION_COLUMNS = { userId: 'n.user_id' } as const;

/** Everybody has their own, to see and to mark as read; nobody sees those of others. */
export const ownNotifications = policy<NotificationAttributes>('see notifications', ({ id }) => [{ userId: id }]);
