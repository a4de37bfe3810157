import { randomUUID } from 'node:crypto';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';

const CHANNEL = 'ctms_task_interest';
const QUESTION = '?';
const HEARTBEAT_MS = 20_000;
/** Three heartbeats: a replica that died stops counting after it. */
const EXPIRY_MS = 60_000;
/** Time between two of the own heartbeats, as they come back, after which others may have taken this replica for dead. */
const SILENT_MS = EXPIRY_MS - HEARTBEAT_MS;
const REPEAT_MS = 1000;
/** Time for which replicas keep unpublished changes: longer than an announcement of interest takes to arrive. */
export const RECENT_MS = 2000;
/** Half of it: an announcement arrives at other replicas not exactly when it arrives here. */
const LATE_MS = RECENT_MS / 2;

/**
 * Knows which replicas have subscribers of the task stream, so that changes cost no NOTIFY while there are none: a
 * replica announces itself with its first subscriber and by heartbeats, and one that starts to listen asks the others.
 * Its own items come back to each replica, when they reach the others.
 */
@Injectable()
export class TaskStreamInterest implements BeforeApplicationShutdown {
  private readonly replica = randomUUID();
  private readonly expiries = new Map<string, number>();
  private readonly newReplicaHandlers: (() => void)[] = [];
  private readonly lateHandlers: (() => void)[] = [];
  private readonly heartbeat = setInterval(() => this.announce(), HEARTBEAT_MS).unref();
  private isLocal = false;
  /** True once the announcement of this replica has come back. */
  private isAnnounced = false;
  private announcedAt = -Infinity;
  private heardAt = Infinity;
  /** True until the question has come back. That of another replica is as good: its answers arrive here as well. */
  private isAsking = false;

  constructor(private readonly notifyBus: PgNotifyBus) {
    notifyBus.subscribe(CHANNEL, (items) => items.forEach((item) => this.receive(item)));
    notifyBus.onReconnect(() => this.ask());
    notifyBus.onUnpublished((channels) => {
      if (channels.has(CHANNEL)) this.repeatLater();
    });
  }

  /** True where a replica may have subscribers; also while announcements of others cannot arrive. */
  get exists(): boolean {
    if (this.isLocal || this.isAsking || !this.notifyBus.isConnected) return true;
    return [...this.expiries.values()].some((expiry) => expiry > performance.now());
  }

  /** Calls `handler` when another replica gets its first subscriber. */
  onNewReplica(handler: () => void): void {
    this.newReplicaHandlers.push(handler);
  }

  /** Calls `handler` when announcements reached the other replicas so late that they may have dropped changes, as after a blocked event loop. */
  onAnnouncedLate(handler: () => void): void {
    this.lateHandlers.push(handler);
  }

  /** Sets if this replica has subscribers. */
  setLocal(isLocal: boolean): void {
    if (this.isLocal === isLocal) return;
    this.isLocal = isLocal;
    if (isLocal) this.announceTimed();
    else this.notifyBus.publish(CHANNEL, [`-${this.replica}`]);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.heartbeat);
    this.setLocal(false);
  }

  private ask(): void {
    this.isAsking = true;
    this.notifyBus.publish(CHANNEL, [QUESTION]);
  }

  private announce(): void {
    if (this.isLocal) this.notifyBus.publish(CHANNEL, [`+${this.replica}`]);
  }

  /** Announces this replica where another one may not know of it, and measures how long that takes. */
  private announceTimed(): void {
    this.announcedAt = performance.now();
    this.isAnnounced = false;
    this.announce();
  }

  private repeatLater(): void {
    this.isAnnounced = false;
    const repeat = () => {
      this.announce();
      if (this.isAsking) this.ask();
    };
    setTimeout(repeat, REPEAT_MS).unref();
  }

  private receive(item: string): void {
    if (item === QUESTION) return this.answer();
    const replica = item.slice(1);
    const isInterested = item.startsWith('+');
    if (replica === this.replica) this.receiveOwn(isInterested);
    else this.receiveOther(replica, isInterested);
  }

  private answer(): void {
    this.isAsking = false;
    // An announcement that is under way counts from its own time on.
    if (this.isAnnounced) this.announceTimed();
    else this.announce();
  }

  /** Measures the announcement that came back; one from before the last withdrawal says nothing of the present one. */
  private receiveOwn(isAnnounced: boolean): void {
    const now = performance.now();
    const isNew = isAnnounced && !this.isAnnounced;
    const isLate = isNew ? now - this.announcedAt > LATE_MS : isAnnounced && now - this.heardAt > SILENT_MS;
    this.isAnnounced = isAnnounced;
    this.heardAt = now;
    if (isLate) this.lateHandlers.forEach((handler) => handler());
  }

  private receiveOther(replica: string, isInterested: boolean): void {
    this.dropExpired();
    const wasInterested = this.expiries.delete(replica);
    if (!isInterested) return;
    this.expiries.set(replica, performance.now() + EXPIRY_MS);
    if (!wasInterested) this.newReplicaHandlers.forEach((handler) => handler());
  }

  private dropExpired(): void {
    for (const [replica, expiry] of this.expiries) if (expiry <= performance.now()) this.expiries.delete(replica);
  }
}
