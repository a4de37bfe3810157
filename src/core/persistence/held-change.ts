import { type QueryRunner } from 'typeorm';
import { type AuditedTransaction } from './audited-transaction.js';
import { type PipelinedTransaction } from './pipelined-transaction.js';

/** A transaction that is not committed yet. */
export interface OpenChange {
  readonly runner: QueryRunner;
  readonly transaction: PipelinedTransaction;
  /** Its parts, in the order in which they began. */
  readonly parts: AuditedTransaction[];
}

/**
 * The change of one request, held open until its answer is known, so that both are committed together. Carried by the
 * principal: the first `UnitOfWork.run` on its behalf begins the transaction, further ones join it.
 */
export class HeldChange {
  open: OpenChange | undefined;
  /** A part failed after others had succeeded: nothing of the request can be committed any more. */
  lost: Error | undefined;
  private ended = false;
  private last: Promise<unknown> = Promise.resolve();

  /** @param begin called first in the transaction */
  constructor(readonly begin: (tx: AuditedTransaction) => Promise<void>) {}

  /** False once the answer is known: what is done later on behalf of the same principal stands by itself. */
  get isPending(): boolean {
    return !this.ended;
  }

  /** Runs one part at a time: they share a transaction. */
  inTurn<T>(part: () => Promise<T>): Promise<T> {
    const done = this.last.then(part);
    this.last = done.catch(() => undefined);
    return done;
  }

  /** Ends it, after the part that is under way. @returns the transaction to commit or roll back */
  async end(): Promise<OpenChange | undefined> {
    this.ended = true;
    await this.last;
    const { open } = this;
    this.open = undefined;
    return open;
  }
}
