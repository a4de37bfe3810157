import { randomUUID } from 'node:crypto';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';

const CHANNEL = 'ctms_task_interest';
const QUESTION = '?';
const HEARTBEAT_MS = 20_000;
/** Three heartbeats: a replica that died stops counting after it. */
const EXPIRY_MS = 60_000;
const REPEAT_MS = 1000;

/**
 * Knows which replicas have subscribers of the task stream, so that changes cost no NOTIFY while there are none: a
 * replica announces itself with its first subscriber and by heartbeats, and one that starts to listen asks the others.
 */
@Injectable()
export class TaskStreamInterest implements BeforeApplicationShutdown {
  private readonly replica = randomUUID();
  private readonly expiries = new Map<string, number>();
  private readonly handlers: (() => void)[] = [];
  private readonly heartbeat = setInterval(() => this.announce(), HEARTBEAT_MS).unref();
  private isLocal = false;

  constructor(private readonly notifyBus: PgNotifyBus) {
    notifyBus.subscribe(CHANNEL, (items) => items.forEach((item) => this.receive(item)));
    notifyBus.onReconnect(() => notifyBus.publish(CHANNEL, QUESTION));
    notifyBus.onUnpublished((channels) => {
      if (channels.has(CHANNEL)) setTimeout(() => this.announce(), REPEAT_MS).unref();
    });
  }

  /** True where a replica may have subscribers; also while announcements of others cannot arrive. */
  get exists(): boolean {
    if (this.isLocal || !this.notifyBus.isConnected) return true;
    return [...this.expiries.keys()].some((replica) => this.isInterested(replica));
  }

  /** Calls `handler` when another replica gets its first subscriber. */
  onNewReplica(handler: () => void): void {
    this.handlers.push(handler);
  }

  /** Sets if this replica has subscribers. */
  setLocal(isLocal: boolean): void {
    if (this.isLocal === isLocal) return;
    this.isLocal = isLocal;
    if (isLocal) this.announce();
    else this.notifyBus.publish(CHANNEL, `-${this.replica}`);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.heartbeat);
    this.setLocal(false);
  }

  private announce(): void {
    if (this.isLocal) this.notifyBus.publish(CHANNEL, `+${this.replica}`);
  }

  private receive(item: string): void {
    if (item === QUESTION) return this.announce();
    const replica = item.slice(1);
    if (replica === this.replica) return;
    const wasInterested = this.isInterested(replica);
    this.expiries.delete(replica);
    if (!item.startsWith('+')) return;
    this.expiries.set(replica, performance.now() + EXPIRY_MS);
    if (!wasInterested) this.handlers.forEach((handler) => handler());
  }

  private isInterested(replica: string): boolean {
    return (this.expiries.get(replica) ?? -Infinity) > performance.now();
  }
}
