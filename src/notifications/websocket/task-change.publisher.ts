import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { EventBus } from '../../core/persistence/domain-events.js';
import { PgNotifyBus } from '../../infrastructure/database/pg-notify.js';
import { encodeTaskChange, taskChangesIn } from './task-change.js';
import { RECENT_MS, TaskStreamInterest } from './task-stream-interest.js';

export const TASK_CHANGES = 'ctms_task_changes';
/** Item after lost ones: subscribers read their tasks again. */
export const CHANGES_LOST = '*';
const REPEAT_MS = 1000;

/**
 * Publishes committed changes of tasks to all replicas, in as few NOTIFYs as their ids fit into, and none at all while
 * no replica has subscribers. Changes of the last two seconds are kept in memory for a replica that has just got its first.
 */
@Injectable()
export class TaskChangePublisher implements BeforeApplicationShutdown {
  private recent: { readonly at: number; readonly items: readonly string[] }[] = [];
  private repetition: NodeJS.Timeout | undefined;

  constructor(
    private readonly notifyBus: PgNotifyBus,
    private readonly interest: TaskStreamInterest,
    events: EventBus,
  ) {
    events.afterCommit('records.changed', ({ entries }) => this.publish(taskChangesIn(entries).map(encodeTaskChange)));
    events.afterCommit('records.possibly_changed', ({ entries }) => {
      if (taskChangesIn(entries).length > 0) this.reportLossLater();
    });
    interest.onNewReplica(() => this.publishRecent());
    notifyBus.onUnpublished((channels) => {
      if (channels.has(TASK_CHANGES)) this.reportLossLater();
    });
  }

  beforeApplicationShutdown(): void {
    if (!this.repetition) return;
    clearTimeout(this.repetition);
    this.reportLoss();
  }

  private publish(items: readonly string[]): void {
    if (items.length === 0) return;
    if (this.interest.exists) return this.notifyBus.publish(TASK_CHANGES, items);
    this.dropExpired();
    this.recent.push({ at: performance.now(), items });
  }

  private publishRecent(): void {
    this.dropExpired();
    for (const { items } of this.recent.splice(0)) this.notifyBus.publish(TASK_CHANGES, items);
  }

  private dropExpired(): void {
    const since = performance.now() - RECENT_MS;
    this.recent = this.recent.filter(({ at }) => at >= since);
  }

  private reportLossLater(): void {
    this.repetition ??= setTimeout(() => this.reportLoss(), REPEAT_MS).unref();
  }

  private reportLoss(): void {
    this.repetition = undefined;
    this.notifyBus.publish(TASK_CHANGES, [CHANGES_LOST]);
  }
}
