import { EventEmitter } from 'node:events';
import { Injectable, Logger } from '@nestjs/common';

/**
 * What happens in the product, by name in the past tense. Modules add theirs:
 * `declare module '../core/events.js' { interface EventMap { 'task.completed': TaskCompleted } }`.
 */
export interface EventMap {}

export type EventName = keyof EventMap & string;

/** Tells subscribers what was committed. A subscriber that fails is logged and disturbs nobody. */
@Injectable()
export class Events {
  private readonly emitter = new EventEmitter();
  private readonly logger = new Logger(Events.name);

  /** Calls `subscriber` after every commit that emitted `name`. */
  on<K extends EventName>(name: K, subscriber: (payload: EventMap[K]) => void | Promise<void>): void {
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
