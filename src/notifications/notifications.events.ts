import { problems } from '../core/problem.js';

export const NotificationProblem = problems({ notification_not_found: [404, 'No such notification'] });

/** Notifications that one change wrote. */
export interface NotificationsWritten {
  readonly rows: readonly { readonly id: number; readonly userId: number }[];
}

declare module '../core/events.js' {
  interface EventMap {
    'notifications.written': NotificationsWritten;
  }
}
