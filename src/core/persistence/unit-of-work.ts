import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type PoolClient } from 'pg';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { type Principal } from '../authorization/actor.js';
import { AuditSink, notRecorded } from './audit-sink.js';
import { Clock } from '../clock.js';
import { isOutcomeUnknown, isRetryable } from '../http/database-errors.js';
import { EventBus } from './domain-events.js';
import { PreparedStatements } from './prepared-statements.js';
import { serviceUnavailable } from '../http/problem.js';
import { assertReasonGiven } from './change-reason.js';
import { PipelinedTransaction } from './pipelined-transaction.js';
import { type AuditEntryDraft } from './audited.decorator.js';
import { AuditedTransaction } from './audited-transaction.js';
import { HeldChange, type OpenChange } from './held-change.js';
import { Writability } from './writability.js';

const ATTEMPTS = 5;

type Work<T> = (tx: AuditedTransaction) => Promise<T>;
type Respond<T> = (tx: AuditedTransaction, result: T) => Promise<unknown>;

/**
 * Runs every write of business records: one transaction with the work, the handlers of `EventBus.beforeCommit` and
 * the audit entries. Regulated operations need a reason. Events are published after the commit. A rollback undoes all
 * of it; if the audit entries cannot be written, the change is rejected. The change of a request with an `Idempotency-Key`
 * is committed with its response, after the handler has returned it (`HeldChange`).
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
    const held = heldChangeOf(principal);
    const attempt = () => this.attempt(principal, work, respond);
    if (!held) return repeatedly(attempt);
    const part = () => this.within(held, principal, work, respond);
    // Its end waits for attempts to come, too.
    return held.inTurn(() => repeatedly(part, () => held.lost !== undefined));
  }

  /**
   * Runs `work` as `run` does, with its checks, statements and audit entries, and rolls all of it back. No event is
   * published.
   *
   * @throws as `run`
   */
  rehearse<T>(principal: Principal, work: Work<T>): Promise<T> {
    return repeatedly(async () => {
      const open = await this.begin();
      return this.released(open, async () => {
        const result = await this.perform(this.join(open, principal), work);
        await open.transaction.settle(Promise.resolve());
        await open.transaction.rollback();
        return result;
      });
    });
  }

  /**
   * Commits what a request has changed together with its answer.
   *
   * @param last enqueues what travels with the commit; not called where nothing was changed
   * @throws as `run`; then nothing is committed
   */
  async commitHeld(
    held: HeldChange,
    last: (tx: AuditedTransaction, entries: readonly AuditEntryDraft[]) => void,
  ): Promise<void> {
    const open = await held.end();
    if (held.lost) throw held.lost;
    if (!open) return;
    await this.released(open, async () => {
      last(open.parts[0] as AuditedTransaction, entriesOf(open.parts));
      await this.commit(open, Promise.resolve());
    });
  }

  /** Undoes what a request has changed. */
  async rollBackHeld(held: HeldChange): Promise<void> {
    const open = await held.end();
    if (open) await this.released(open, () => open.transaction.rollback());
  }

  private async attempt<T>(principal: Principal, work: Work<T>, respond: Respond<T>): Promise<unknown> {
    const open = await this.begin();
    return this.released(open, async () => {
      const tx = this.join(open, principal);
      const result = await this.perform(tx, work);
      return this.commit(open, respond(tx, result));
    });
  }

  /** As `attempt`, but leaves the transaction open for the answer of the request. */
  private async within<T>(
    held: HeldChange,
    principal: Principal,
    work: Work<T>,
    respond: Respond<T>,
  ): Promise<unknown> {
    if (held.lost) throw held.lost;
    const joins = held.open !== undefined;
    const open = held.open ?? (await this.begin());
    held.open = undefined;
    try {
      const tx = this.join(open, principal);
      if (!joins) await held.begin(tx);
      const result = await this.perform(tx, work);
      const response = await open.transaction.settle(respond(tx, result));
      held.open = open;
      return response;
    } catch (error) {
      const cause = await this.rolledBack(open, error);
      await this.release(open);
      if (joins) held.lost = cause as Error;
      throw cause;
    }
  }

  private async begin(): Promise<OpenChange> {
    const runner = this.source.createQueryRunner();
    const transaction = new PipelinedTransaction((await runner.connect()) as PoolClient, this.prepared);
    return { runner, transaction, parts: [] };
  }

  private join({ transaction, parts }: OpenChange, principal: Principal): AuditedTransaction {
    const { source, config } = this;
    const tx = new AuditedTransaction(principal, this.clock.now(), source, transaction, config.reasonRules);
    parts.push(tx);
    return tx;
  }

  /** The work, what others add to it, and its audit entries. */
  private async perform<T>(tx: AuditedTransaction, work: Work<T>): Promise<T> {
    const result = await work(tx);
    await this.events.runBeforeCommit(tx);
    assertReasonGiven(tx.principal, tx.reasonRequirements);
    if (tx.auditEntries.length > 0) await this.writeAuditEntries(tx);
    return result;
  }

  /** Commits, and publishes the events where that succeeded, even if the response did not. */
  private async commit<A>(open: OpenChange, last: Promise<A>): Promise<A> {
    try {
      return await open.transaction.commit(last);
    } finally {
      if (open.transaction.isCommitted) this.publish(open);
    }
  }

  private publish({ parts }: OpenChange): void {
    for (const { events } of parts) events.forEach((event) => this.events.emit(event));
    const entries = entriesOf(parts);
    if (entries.length === 0) return;
    this.writability.worked('changes');
    this.events.emit({ name: 'records.changed', payload: { entries } });
  }

  /** Rolls back where `end` fails, and gives the connection back in any case. */
  private async released<T>(open: OpenChange, end: () => Promise<T>): Promise<T> {
    try {
      return await end();
    } catch (error) {
      throw await this.rolledBack(open, error);
    } finally {
      await this.release(open);
    }
  }

  /** @returns what really went wrong */
  private async rolledBack({ transaction, parts }: OpenChange, error: unknown): Promise<unknown> {
    await transaction.rollback();
    const cause = transaction.causeOf(error);
    this.writability.failed('changes', cause);
    if (isOutcomeUnknown(cause))
      this.events.emit({ name: 'records.possibly_changed', payload: { entries: entriesOf(parts) } });
    return cause;
  }

  private async release({ transaction, runner }: OpenChange): Promise<void> {
    transaction.leave();
    await runner.release();
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

const entriesOf = (parts: readonly AuditedTransaction[]): AuditEntryDraft[] =>
  parts.flatMap(({ auditEntries }) => auditEntries);

/** Repeats what failed because of a deadlock or a serialization failure, unless `isLost`. */
async function repeatedly<T>(work: () => Promise<T>, isLost = () => false): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isRetryable(error) || isLost()) throw error;
      if (attempt === ATTEMPTS) throw serviceUnavailable('Others keep changing the same records; try again');
      await sleep(2 ** attempt * 5 * (1 + Math.random()));
    }
  }
}

/** The change that a run on behalf of a principal belongs to; undefined where it stands by itself. */
function heldChangeOf({ held }: Principal): HeldChange | undefined {
  return held instanceof HeldChange && held.isPending ? held : undefined;
}
