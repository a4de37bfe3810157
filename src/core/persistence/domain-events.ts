import { EventEmitter } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import { type EventMap, type EventName, type DomainEvent } from './event-map.js';
import { type AuditedTransaction } from './audited-transaction.js';

/** Work within the transaction of a change, such as inserting its notifications. */
export type BeforeCommitHandler = (tx: AuditedTransaction, events: readonly DomainEvent[]) => Promise<void>;

/** Publishes committed events. A failing subscriber is logged and affects no other. */
@Injectable()
export class EventBus {
  private readonly emitter = new EventEmitter();
  private readonly beforeCommitHandlers: BeforeCommitHandler[] = [];
  private readonly logger = new Logger(EventBus.name);

  /**
   * Calls `handler` once within every transaction that changed or emitted something, before its commit, with all its
   * events: it writes one statement for many events. If it fails, the change is rejected.
   */
  beforeCommit(handler: BeforeCommitHandler): void {
    this.beforeCommitHandlers.push(handler);
  }

  /** Runs the handlers in a transaction. Events that they emit are published after the commit like the rest. */
  async runBeforeCommit(tx: AuditedTransaction): Promise<void> {
    const events = [...tx.events];
    if (events.length === 0 && tx.auditEntries.length === 0) return;
    for (const handler of this.beforeCommitHandlers) await handler(tx, events);
  }

  /** Calls `subscriber` after every commit that emitted `name`. */
  afterCommit<K extends EventName>(name: K, subscriber: (payload: EventMap[K]) => void | Promise<void>): void {
    this.emitter.on(name, (payload: EventMap[K]) => {
      void Promise.resolve()
        .then(() => subscriber(payload))
        .catch((error: unknown) => this.logger.error({ msg: `A subscriber of ${name} failed`, err: error }));
    });
  }

  emit({ name, payload }: DomainEvent): void {
    this.emitter.emit(name, payload);
  }
}
