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
/** Announced ids per read: sockets write one portion while the next is read, so that a large change is not taken for a slow reader. */
const READ = 200;
/** Time between the date of a notification and its commit. */
const COMMIT_MS = 60_000;
/** Ids of transactions that were under way when a later one was announced. */
const IDS_UNDER_WAY = 10_000;
const MAX_POSTPONED = 10_000;

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
  private lastAnnounced = 0;
  /** Announced ids that could not be read. */
  private readonly postponed: number[] = [];
  /** Bounds of what was written while messages may have been lost, until it is redelivered. */
  private missed: { readonly since: Date; readonly afterId: number } | undefined;
  private reading = false;
  private delivered: number[] = [];
  private timer: NodeJS.Timeout | undefined;
  private marking: Promise<void> = Promise.resolve();

  constructor(
    private readonly queries: NotificationsQueries,
    private readonly notifications: NotificationsService,
    private readonly clock: Clock,
    private readonly notifyBus: PgNotifyBus,
    events: EventBus,
  ) {
    events.afterCommit('notifications.written', ({ rows }) => this.announce(rows));
    notifyBus.subscribe(CHANNEL, (items) => void this.deliver(items.map(addressed)));
    notifyBus.onReconnect((silentMs) => void this.redeliverAfterSilence(silentMs));
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

  announce(rows: readonly { readonly id: number; readonly userId: number }[]): void {
    if (rows.length === 0) return;
    this.notifyBus.publish(
      CHANNEL,
      rows.map(({ id, userId }) => `${userId}:${id}`),
    );
  }

  /**
   * Redelivers what could not be read, and undelivered notifications that count as lost. These on all replicas: the first
   * to do so marks them as delivered, and tabs of the same user may be connected to others.
   */
  async redeliverOverdue(olderThanMs = OVERDUE_MS): Promise<void> {
    await this.readAnnounced(this.postponed.splice(0));
    await this.redeliverMissed().catch((error: unknown) => this.logUnread(error));
    this.announce(await this.offerUndelivered(olderThanMs));
  }

  private async redeliverAfterSilence(silentMs: number): Promise<void> {
    const since = this.clock.now().getTime() - silentMs - COMMIT_MS;
    const afterId = this.lastAnnounced - IDS_UNDER_WAY;
    // A new object, so that a redelivery that began before this silence does not count as its own.
    this.missed = {
      since: new Date(Math.min(since, this.missed?.since.getTime() ?? since)),
      afterId: Math.min(afterId, this.missed?.afterId ?? afterId),
    };
    await this.redeliverOverdue(0);
  }

  /**
   * Delivers what was written while messages to this replica may have been lost, also where another replica has delivered
   * it to its own connections.
   */
  private async redeliverMissed(): Promise<void> {
    const { missed } = this;
    const userIds = this.receivers?.userIds() ?? [];
    if (!missed) return;
    for (let afterId = missed.afterId, length = SWEEP; userIds.length > 0 && length === SWEEP;) {
      const written = await this.queries.writtenSince(userIds, missed.since, afterId, SWEEP);
      this.offer(await this.readable(written));
      length = written.length;
      afterId = written.at(-1)?.id ?? afterId;
    }
    if (this.missed === missed) this.missed = undefined;
  }

  private async offerUndelivered(olderThanMs: number): Promise<NotificationFrame[]> {
    const userIds = this.receivers?.userIds() ?? [];
    if (userIds.length === 0) return [];
    const before = new Date(this.clock.now().getTime() - olderThanMs);
    const { free, narrowed } = await this.readersOf(userIds);
    const overdue: NotificationFrame[] = [];
    try {
      if (free.length > 0) overdue.push(...(await this.queries.overdue(free, before, SWEEP)));
      for (const reader of narrowed) overdue.push(...(await this.queries.overdueOf(reader, before, SWEEP)));
    } catch (error) {
      this.logUnread(error);
    }
    this.offer(overdue);
    return overdue;
  }

  /** Resets the state after the database was replaced, in which ids may belong to other notifications. */
  private resetDelivery(): void {
    this.announced.length = 0;
    this.postponed.length = 0;
    this.lastAnnounced = 0;
    if (this.missed) this.missed = { since: this.missed.since, afterId: 0 };
    this.delivered = [];
    this.receivers?.resetDelivery();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.mark();
    await this.marking;
  }

  private async deliver(addresses: readonly { userId: number; id: number }[]): Promise<void> {
    this.lastAnnounced = Math.max(this.lastAnnounced, ...addresses.map(({ id }) => id));
    await this.readAnnounced(addresses.filter(({ userId }) => this.receivers?.has(userId)).map(({ id }) => id));
  }

  /** Reads collected ids, one read at a time, so that a later notification does not overtake an earlier one. */
  private async readAnnounced(announced: readonly number[]): Promise<void> {
    this.announced.push(...announced);
    if (this.reading) return;
    this.reading = true;
    while (this.announced.length > 0) {
      const ids = this.announced.splice(0, READ);
      try {
        this.offer(await this.readable(await this.queries.frames(ids)));
      } catch (error) {
        // At the end, so that one portion that fails again does not hold back the others.
        this.postpone([...this.announced.splice(0), ...ids]);
        this.logUnread(error);
      }
    }
    this.reading = false;
  }

  /** Keeps ids for the next sweep, which would not find them where another replica has marked them as delivered. */
  private postpone(ids: readonly number[]): void {
    this.postponed.push(...ids.slice(-MAX_POSTPONED));
    this.postponed.splice(0, this.postponed.length - MAX_POSTPONED);
  }

  /** Leaves out what extensions keep from the users of frames; postpones what is unknown. */
  private async readable(frames: readonly NotificationFrame[]): Promise<NotificationFrame[]> {
    const { free, narrowed, unknown } = await this.readersOf([...new Set(frames.map(({ userId }) => userId))]);
    this.postpone(frames.filter(({ userId }) => unknown.includes(userId)).map(({ id }) => id));
    const readable = frames.filter(({ userId }) => free.includes(userId));
    for (const reader of narrowed) {
      const own = frames.filter(({ userId }) => userId === reader.id);
      readable.push(...(await this.queries.readable(reader, own)));
    }
    return readable;
  }

  /** Separates the connected users whom extensions narrow, and those of whom that is unknown, who get nothing for now. */
  private async readersOf(userIds: readonly number[]) {
    const free: number[] = [];
    const unknown: number[] = [];
    const narrowed: Actor[] = [];
    for (const userId of userIds) {
      try {
        const reader = await this.receivers?.readerOf(userId);
        if (reader && isNarrowed(reader)) narrowed.push(reader);
        else if (reader) free.push(userId);
      } catch (error) {
        unknown.push(userId);
        this.logger.warn({ msg: 'A user gets no notifications for now', user: userId, reason: String(error) });
      }
    }
    return { free, narrowed, unknown };
  }

  private offer(frames: readonly NotificationFrame[]): void {
    for (const frame of frames) this.receivers?.offer(frame);
  }

  private logUnread(error: unknown): void {
    this.logger.warn({ msg: 'Notifications could not be read; the next sweep does', reason: String(error) });
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
        this.logger.warn({ msg: 'Deliveries were not marked; the next sweep does', reason: String(error) });
      });
  }
}

function addressed(item: string): { userId: number; id: number } {
  const [userId, id] = item.split(':').map(Number);
  return { userId: userId ?? 0, id: id ?? 0 };
}
