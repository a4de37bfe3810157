import { EventEmitter } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';
import { type EventMap, type EventName, type DomainEvent } from './event-map.js';
import { type AuditedTransaction } from './audited-transaction.js';

/** What else must stand or fall with a change, such as the notifications about it. */
export type BeforeCommitHandler = (tx: AuditedTransaction, happenings: readonly DomainEvent[]) => Promise<void>;

/** Tells subscribers what was committed. A subscriber that fails is logged and disturbs nobody. */
@Injectable()
export class EventBus {
  private readonly emitter = new EventEmitter();
  private readonly participants: BeforeCommitHandler[] = [];
  private readonly logger = new Logger(EventBus.name);

  /**
   * Calls `participant` within every transaction that changed or emitted something, once, before its commit, with all
   * of it: what it writes is one statement for many events. If it fails, the change is refused.
   */
  beforeCommit(participant: BeforeCommitHandler): void {
    this.participants.push(participant);
  }

  /** Lets the participants do their part of a transaction. What they emit is told after the commit like the rest. */
  async runBeforeCommit(tx: AuditedTransaction): Promise<void> {
    const happenings = [...tx.events];
    if (happenings.length === 0 && tx.auditEntries.length === 0) return;
    for (const participant of this.participants) await participant(tx, happenings);
  }

  /** Calls `subscriber` after every commit that emitted `name`. */
  afterCommit<K extends EventName>(name: K, subscriber: (payload: EventMap[K]) => void | Promise<void>): void {
    this.emitter.on(name, (payload: EventMap[K]) => {
      void Promise.resolve()
        .then(() => subscriber(payload))
        .catch((error: unknown) => this.logger.error({ msg: `A subscriber of ${name} failed`, err: error }));
    });
  }

  emit<K extends EventName>(name: K, payload: EventMap[K]): void {
    this.emitter.emit(name, payload);
  }
}
