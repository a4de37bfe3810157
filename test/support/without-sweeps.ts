import { NotificationGateway } from '../../src/notifications/websocket/notification.gateway.js';
import { type TestApp } from './app.js';

/** Keeps the gateways of apps from sweeping while `work` runs: each quarter of a minute, a sweep would do what is tried. */
export async function withoutSweeps<T>(apps: readonly TestApp[], work: () => Promise<T>): Promise<T> {
  const gateways = apps.map(({ nest }) => nest.get(NotificationGateway) as Partial<NotificationGateway>);
  gateways.forEach((gateway) => (gateway.sweep = () => Promise.resolve()));
  try {
    return await work();
  } finally {
    gateways.forEach((gateway) => delete gateway.sweep);
  }
}
