import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { type Author } from '../authorization/actor.js';
import { AuditSink, notRecorded } from './audit-sink.js';
import { Clock } from '../clock.js';
import { collided } from '../http/database-errors.js';
import { Events } from './domain-events.js';
import { Prepared } from './prepared-statements.js';
import { busy } from '../http/problem.js';
import { requireReason } from './change-reason.js';
import { Transaction } from './pipelined-transaction.js';
import { Tx } from './audited-transaction.js';
import { Writability } from './writability.js';

const ATTEMPTS = 5;

type Work<T> = (tx: Tx) => Promise<T>;
type Answer<T> = (tx: Tx, result: T) => Promise<unknown>;

/**
 * The only door to a write: one transaction with the work, what others add to it (`Events.within`) and its audit
 * entries. What is regulated needs a reason. After the commit, subscribers are told. Rolled back, none of it happened;
 * if the audit entries cannot be written, the change is refused.
 */
@Injectable()
export class Change {
  /** Apart from what reads have: however many filters are combined, what is written stays prepared. */
  private readonly prepared = new Prepared('write');

  constructor(
    private readonly source: DataSource,
    private readonly sink: AuditSink,
    private readonly events: Events,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly writability: Writability,
  ) {}

  /**
   * Runs `work` in a transaction on behalf of `author`. On a deadlock or a serialization failure the whole work is run
   * again, so it must have no effect outside of `tx`.
   *
   * @param answer asks, last of all, for what the caller is told; its statement travels with the commit
   * @throws Problem 503: `busy` when it keeps colliding with others, `not_recorded` when its entries cannot be written
   */
  async by<T>(author: Author, work: (tx: Tx) => Promise<T>): Promise<T>;
  async by<T, A>(author: Author, work: Work<T>, answer: (tx: Tx, result: T) => Promise<A>): Promise<A>;
  async by<T>(author: Author, work: Work<T>, answer: Answer<T> = async (_, result) => result): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(author, work, answer);
      } catch (error) {
        if (!collided(error)) throw error;
        if (attempt === ATTEMPTS) throw busy('Others keep changing the same records; try again');
        await sleep(2 ** attempt * 5 * (1 + Math.random()));
      }
    }
  }

  private async once<T>(author: Author, work: Work<T>, answer: Answer<T>): Promise<unknown> {
    const runner = this.source.createQueryRunner();
    const transaction = new Transaction((await runner.connect()) as PoolClient, this.prepared);
    const tx = new Tx(author, this.clock.now(), this.source, transaction, this.config.regulated);
    try {
      const result = await work(tx);
      await this.events.completeWithin(tx);
      requireReason(tx.author, tx.deeds);
      if (tx.notes.length > 0) await this.record(tx);
      const answered = await transaction.commit(answer(tx, result));
      if (tx.notes.length > 0) this.writability.worked('changes');
      tx.events.forEach(({ name, payload }) => this.events.emit(name, payload as never));
      return answered;
    } catch (error) {
      await transaction.rollback();
      const cause = transaction.causeOf(error);
      this.writability.failed('changes', cause);
      throw cause;
    } finally {
      transaction.leave();
      await runner.release();
    }
  }

  /** @throws Problem 503 `not_recorded`, or what the sink refuses with */
  private async record(tx: Tx): Promise<void> {
    try {
      await this.sink.write(tx, tx.notes);
    } catch (error) {
      throw notRecorded(error);
    }
  }
}
