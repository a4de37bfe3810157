import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { type Principal } from '../authorization/actor.js';
import { AuditSink, notRecorded } from './audit-sink.js';
import { Clock } from '../clock.js';
import { isRetryable } from '../http/database-errors.js';
import { EventBus } from './domain-events.js';
import { PreparedStatements } from './prepared-statements.js';
import { serviceUnavailable } from '../http/problem.js';
import { assertReasonGiven } from './change-reason.js';
import { PipelinedTransaction } from './pipelined-transaction.js';
import { AuditedTransaction } from './audited-transaction.js';
import { Writability } from './writability.js';

const ATTEMPTS = 5;

type Work<T> = (tx: AuditedTransaction) => Promise<T>;
type Respond<T> = (tx: AuditedTransaction, result: T) => Promise<unknown>;

/**
 * Runs every write of business records: one transaction with the work, the handlers of `EventBus.beforeCommit` and
 * the audit entries. Regulated operations need a reason. Events are published after the commit. A rollback undoes all
 * of it; if the audit entries cannot be written, the change is rejected.
 */
@Injectable()
export class UnitOfWork {
  /** Separate from the statements of reads: however many filters are combined, writes stay prepared. */
  private readonly prepared = new PreparedStatements('write');

  constructor(
    private readonly source: DataSource,
    private readonly sink: AuditSink,
    private readonly events: EventBus,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly writability: Writability,
  ) {}

  /**
   * Runs `work` in a transaction on behalf of `principal`. After a deadlock or a serialization failure the whole work
   * runs again, so it must have no effect outside of `tx`.
   *
   * @param respond reads, last of all, the result for the caller; its statement travels with the commit
   * @throws Problem 503: `busy` when it keeps colliding with others, `not_recorded` when its entries cannot be
   * written
   */
  async run<T>(principal: Principal, work: (tx: AuditedTransaction) => Promise<T>): Promise<T>;
  async run<T, A>(
    principal: Principal,
    work: Work<T>,
    respond: (tx: AuditedTransaction, result: T) => Promise<A>,
  ): Promise<A>;
  async run<T>(
    principal: Principal,
    work: Work<T>,
    respond: Respond<T> = async (_, result) => result,
  ): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(principal, work, respond);
      } catch (error) {
        if (!isRetryable(error)) throw error;
        if (attempt === ATTEMPTS) throw serviceUnavailable('Others keep changing the same records; try again');
        await sleep(2 ** attempt * 5 * (1 + Math.random()));
      }
    }
  }

  private async attempt<T>(principal: Principal, work: Work<T>, respond: Respond<T>): Promise<unknown> {
    const runner = this.source.createQueryRunner();
    const transaction = new PipelinedTransaction((await runner.connect()) as PoolClient, this.prepared);
    const tx = new AuditedTransaction(principal, this.clock.now(), this.source, transaction, this.config.reasonRules);
    try {
      const result = await work(tx);
      await this.events.runBeforeCommit(tx);
      assertReasonGiven(tx.principal, tx.reasonRequirements);
      if (tx.auditEntries.length > 0) await this.writeAuditEntries(tx);
      const response = await transaction.commit(respond(tx, result));
      if (tx.auditEntries.length > 0) this.writability.worked('changes');
      tx.events.forEach(({ name, payload }) => this.events.emit(name, payload as never));
      return response;
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

  /** @throws Problem 503 `not_recorded`, or the sink's own problem */
  private async writeAuditEntries(tx: AuditedTransaction): Promise<void> {
    try {
      await this.sink.write(tx, tx.auditEntries);
    } catch (error) {
      throw notRecorded(error);
    }
  }
}
