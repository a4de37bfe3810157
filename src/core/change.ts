import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { type Author } from './actor.js';
import { AuditSink } from './audit-sink.js';
import { Clock } from './clock.js';
import { Events } from './events.js';
import { busy, CoreProblem, Problem } from './problem.js';
import { requireReason } from './reason.js';
import { Tx } from './tx.js';

const ATTEMPTS = 5;
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';

/**
 * The only door to a write: one transaction with the work, what others add to it (`Events.within`) and its audit
 * entries. What is regulated needs a reason. After the commit, subscribers are told. Rolled back, none of it happened;
 * if the audit entries cannot be written, the change is refused.
 */
@Injectable()
export class Change {
  private readonly logger = new Logger(Change.name);

  constructor(
    private readonly source: DataSource,
    private readonly sink: AuditSink,
    private readonly events: Events,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /**
   * Runs `work` in a transaction on behalf of `author`. On a deadlock or a serialization failure the whole work is run
   * again, so it must have no effect outside of `tx`.
   *
   * @throws Problem 503: `busy` when it keeps colliding with others, `not_recorded` when its entries cannot be written
   */
  async by<T>(author: Author, work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(author, work);
      } catch (error) {
        if (!collided(error)) throw error;
        if (attempt === ATTEMPTS) throw busy('Others keep changing the same records; try again');
        await sleep(2 ** attempt * 5 * (1 + Math.random()));
      }
    }
  }

  private async once<T>(author: Author, work: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.source.createQueryRunner();
    const tx = new Tx(author, this.clock.now(), this.source, runner, this.config.regulated);
    try {
      await runner.startTransaction();
      const result = await work(tx);
      await this.events.completeWithin(tx);
      requireReason(tx.author, tx.deeds);
      if (tx.notes.length > 0) await this.record(tx);
      await runner.commitTransaction();
      tx.events.forEach(({ name, payload }) => this.events.emit(name, payload as never));
      return result;
    } catch (error) {
      // A connection that broke cannot roll back; the server does, and the first error is the one to tell.
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }

  /** @throws Problem 503 `not_recorded`, or what the sink refuses with */
  private async record(tx: Tx): Promise<void> {
    try {
      await this.sink.write(tx, tx.notes);
    } catch (error) {
      if (error instanceof Problem || collided(error)) throw error;
      this.logger.error({ msg: 'The audit trail could not be written', err: error });
      throw CoreProblem.not_recorded(undefined, { headers: { 'Retry-After': '5' } });
    }
  }
}

function collided(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}
