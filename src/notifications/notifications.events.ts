import { problems } from '../core/http/problem.js';

export const NotificationProblem = problems({ notification_not_found: [404, 'No such notification'] });

/** Published after a change that inserted notifications. */
export interface NotificationsWritten {
  readonly rows: readonly { readonly id: number; readonly userId: number }[];
}

declare module '../core/persistence/event-map.js' {
  interface EventMap {
    'notifications.written': NotificationsWritten;
  }
}
