import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { type Actor } from '../../core/authorization/actor.js';
import { Clock } from '../../core/clock.js';
import { EventBus } from '../../core/persistence/domain-events.js';
import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { isNarrowed, NotificationsQueries, type NotificationFrame } from '../notifications.queries.js';
import { NotificationsService } from '../notifications.service.js';
import { type DeliveryPort, type NotificationConnection } from './notification-connection.js';

const CHANNEL = 'ctms_notifications';
const GATHER_MS = 50;
/** Age of a notification from which on it counts as lost; younger ones are most likely being delivered. */
const OVERDUE_MS = 5000;
const SWEEP = 500;

/** The connections of this replica. */
export interface ConnectionRegistry {
  has(userId: number): boolean;
  userIds(): number[];
  /** Returns a user with a connection, as extensions narrow them now; undefined where their sessions have ended. */
  readerOf(userId: number): Promise<Actor | undefined>;
  offer(frame: NotificationFrame): void;
  resetDelivery(): void;
}

/**
 * Delivers notifications from the commit to the sockets of all replicas: the writer publishes their ids, and a replica
 * with a socket of such a user reads the rows and enqueues them. Delivery is marked in batches. Sweeps redeliver after a
 * lost message or the end of a replica: every notification arrives at least once.
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
    notifyBus: PgNotifyBus,
    events: EventBus,
  ) {
    events.afterCommit('notifications.written', ({ rows }) =>
      notifyBus.publish(CHANNEL, ...rows.map(({ id, userId }) => `${userId}:${id}`)),
    );
    notifyBus.subscribe(CHANNEL, (items) => void this.deliver(items.map(addressed)));
    // Messages of the last moments before a reconnect may be lost.
    notifyBus.onReconnect(() => void this.redeliverOverdue(0));
    notifyBus.onDatabaseReplaced(() => this.resetDelivery());
  }

  /** Sets the connections to deliver to. */
  attach(receivers: ConnectionRegistry): void {
    this.receivers = receivers;
  }

  async undelivered({ userId }: NotificationConnection, afterId: number, limit: number): Promise<NotificationFrame[]> {
    const reader = await this.receivers?.readerOf(userId);
    return reader ? this.queries.undelivered(reader, afterId, limit) : [];
  }

  /** Collects a delivered notification for the next batch. */
  markDelivered(id: number): void {
    this.delivered.push(id);
    this.timer ??= setTimeout(() => this.mark(), GATHER_MS);
  }

  /** Redelivers undelivered notifications that count as lost. */
  async redeliverOverdue(olderThanMs = OVERDUE_MS): Promise<void> {
    const userIds = this.receivers?.userIds() ?? [];
    if (userIds.length === 0) return;
    const before = new Date(this.clock.now().getTime() - olderThanMs);
    const { free, narrowed } = await this.readersOf(userIds);
    if (free.length > 0) await this.offer(() => this.queries.overdue(free, before, SWEEP));
    for (const reader of narrowed) await this.offer(() => this.queries.overdueOf(reader, before, SWEEP));
  }

  /** Resets the state after the database was replaced, in which ids may belong to other notifications. */
  private resetDelivery(): void {
    this.announced.length = 0;
    this.delivered = [];
    this.receivers?.resetDelivery();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.mark();
    await this.marking;
  }

  /** Reads all collected ids, one read at a time, so that a later notification does not overtake an earlier one. */
  private async deliver(addresses: readonly { userId: number; id: number }[]): Promise<void> {
    this.announced.push(...addresses.filter(({ userId }) => this.receivers?.has(userId)).map(({ id }) => id));
    if (this.reading) return;
    this.reading = true;
    while (this.announced.length > 0) {
      const ids = this.announced.splice(0);
      await this.offer(async () => this.readable(await this.queries.frames(ids)));
    }
    this.reading = false;
  }

  /** Leaves out what extensions keep from the users of frames. */
  private async readable(frames: readonly NotificationFrame[]): Promise<NotificationFrame[]> {
    const { free, narrowed } = await this.readersOf([...new Set(frames.map(({ userId }) => userId))]);
    const readable = frames.filter(({ userId }) => free.includes(userId));
    for (const reader of narrowed) {
      const own = frames.filter(({ userId }) => userId === reader.id);
      readable.push(...(await this.queries.readable(reader, own)));
    }
    return readable;
  }

  /** Separates the connected users whom extensions narrow; a user of whom that is unknown gets nothing. */
  private async readersOf(userIds: readonly number[]): Promise<{ free: number[]; narrowed: Actor[] }> {
    const free: number[] = [];
    const narrowed: Actor[] = [];
    for (const userId of userIds) {
      try {
        const reader = await this.receivers?.readerOf(userId);
        if (reader && isNarrowed(reader)) narrowed.push(reader);
        else if (reader) free.push(userId);
      } catch (error) {
        this.logger.warn({ msg: 'A user gets no notifications for now', user: userId, reason: String(error) });
      }
    }
    return { free, narrowed };
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
        this.logger.warn({ msg: 'Deliveries were not marked; they are sent once more', reason: String(error) });
      });
  }
}

function addressed(item: string): { userId: number; id: number } {
  const [userId, id] = item.split(':').map(Number);
  return { userId: userId ?? 0, id: id ?? 0 };
}
