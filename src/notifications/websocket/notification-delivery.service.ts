import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Clock } from '../../core/clock.js';
import { EventBus } from '../../core/persistence/domain-events.js';
import { Problem } from '../../core/http/problem.js';
import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { NotificationsQueries, type NotificationFrame } from '../notifications.queries.js';
import { NotificationsService } from '../notifications.service.js';
import { RateBudgets } from '../../infrastructure/rate-limiting/rate-budgets.js';
import { type ClientCommand, type NotificationConnection, type DeliveryPort } from './notification-connection.js';

const CHANNEL = 'ctms_notifications';
const GATHER_MS = 50;
/** Younger ones are most likely on their way. */
const OVERDUE_MS = 5000;
const SWEEP = 500;

/** The sockets that a replica holds, as delivery sees them. */
export interface ConnectionRegistry {
  has(userId: number): boolean;
  userIds(): number[];
  offer(frame: NotificationFrame): void;
  resetDelivery(): void;
}

/**
 * From the commit to the socket, over all replicas: who wrote notifications says their ids, who holds a socket of such a
 * user reads the rows and offers them. Written frames are marked as delivered in batches. A word that was lost, and a
 * replica that died in between, are made up for by sweeps: every notification arrives at least once.
 */
@Injectable()
export class NotificationDelivery implements DeliveryPort, BeforeApplicationShutdown {
  private readonly logger = new Logger(NotificationDelivery.name);
  private receivers: ConnectionRegistry | undefined;
  private readonly announced: number[] = [];
  private reading = false;
  private delivered: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private marking: Promise<void> = Promise.resolve();

  constructor(
    private readonly queries: NotificationsQueries,
    private readonly notifications: NotificationsService,
    private readonly clock: Clock,
    private readonly rateBudgets: RateBudgets,
    notifyBus: PgNotifyBus,
    events: EventBus,
  ) {
    events.afterCommit('notifications.written', ({ rows }) =>
      notifyBus.publish(CHANNEL, ...rows.map(({ id, userId }) => `${userId}:${id}`)),
    );
    notifyBus.subscribe(CHANNEL, (items) => void this.deliver(items.map(addressed)));
    // The words of the last moments are the ones that were lost.
    notifyBus.onReconnect(() => void this.redeliverOverdue(0));
    notifyBus.onDatabaseReplaced(() => this.resetDelivery());
  }

  /** Names the sockets to deliver to. */
  attach(receivers: ConnectionRegistry): void {
    this.receivers = receivers;
  }

  undelivered(userId: number, behind: number, limit: number): Promise<NotificationFrame[]> {
    return this.queries.undelivered(userId, behind, limit);
  }

  async spendFrame({ userId }: NotificationConnection): Promise<boolean> {
    return !(await this.rateBudgets.trySpend('frames', userId)).exceeded;
  }

  /** What is not there, or not the user's own, has no answer. */
  async answer({ bearer }: NotificationConnection, query: ClientCommand): Promise<object | undefined> {
    try {
      if (query.action === 'mark_read') await this.notifications.markRead(bearer.actor, query.id);
      else await this.notifications.markAllRead(bearer.actor);
    } catch (error) {
      if (!(error instanceof Problem)) this.logger.error({ msg: `A socket's ${query.action} failed`, err: error });
      return undefined;
    }
    return query.action === 'mark_read'
      ? { type: 'read_confirmation', notification_id: query.id }
      : { type: 'all_read_confirmation' };
  }

  /** A frame was written to a socket of its user. */
  markDelivered(id: number): void {
    this.delivered.push(id);
    this.timer ??= setTimeout(() => this.mark(), GATHER_MS);
  }

  /** Offers what is older than that and should have arrived by now; nothing where all did. */
  async redeliverOverdue(olderThanMs = OVERDUE_MS): Promise<void> {
    const userIds = this.receivers?.userIds() ?? [];
    if (userIds.length === 0) return;
    const before = new Date(this.clock.now().getTime() - olderThanMs);
    await this.offer(() => this.queries.overdue(userIds, before, SWEEP));
  }

  /** Ids may name other notifications now, which count as sent nowhere. */
  private resetDelivery(): void {
    this.announced.length = 0;
    this.delivered = [];
    this.receivers?.resetDelivery();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.mark();
    await this.marking;
  }

  /** One read after the other, of all that came meanwhile: a later notification must not overtake an earlier one. */
  private async deliver(addresses: readonly { userId: number; id: number }[]): Promise<void> {
    this.announced.push(...addresses.filter(({ userId }) => this.receivers?.has(userId)).map(({ id }) => id));
    if (this.reading) return;
    this.reading = true;
    while (this.announced.length > 0) {
      const ids = this.announced.splice(0);
      await this.offer(() => this.queries.frames(ids));
    }
    this.reading = false;
  }

  private async offer(read: () => Promise<NotificationFrame[]>): Promise<void> {
    try {
      for (const frame of await read()) this.receivers?.offer(frame);
    } catch (error) {
      this.logger.warn({ msg: 'Notifications could not be read; the next sweep does', reason: String(error) });
    }
  }

  private mark(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const ids = this.delivered;
    this.delivered = [];
    if (ids.length === 0) return;
    this.marking = this.marking
      .then(() => this.notifications.markDelivered(ids))
      .catch((error: unknown) => {
        this.logger.warn({ msg: 'Deliveries were not noted; they are sent once more', reason: String(error) });
      });
  }
}

function addressed(item: string): { userId: number; id: number } {
  const [userId, id] = item.split(':').map(Number);
  return { userId: userId ?? 0, id: id ?? 0 };
}
