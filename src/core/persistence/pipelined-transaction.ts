import { finished } from 'node:stream/promises';
import { type PoolClient, type QueryConfig } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type DatabaseClient } from './database-client.js';
import {
  isConnectionLost,
  leavesCommitUnknown,
  isPreparedStatementMismatch,
  outcomeUnknown,
} from '../http/database-errors.js';
import { jsonSlices } from './json-slices.js';
import { type PreparedStatements, type Statement } from './prepared-statements.js';

const IN_FAILED_TRANSACTION = '25P02';

interface EnqueuedStatement {
  readonly answer: Promise<unknown>;
  /** Maps its error to the one that is thrown. */
  readonly mapError: (error: unknown) => unknown;
}

const identity = (error: unknown): unknown => error;

/**
 * Transaction on a connection of its own, in pipeline mode. Statements are sent without waiting for results, so that
 * independent ones share a round trip; PostgreSQL runs them in order. After one fails the server rejects all others,
 * and the commit becomes a rollback.
 */
export class PipelinedTransaction {
  private readonly enqueued: EnqueuedStatement[] = [];
  private readonly beginning: Promise<unknown>;
  private failure: unknown;
  /** Of the enqueued statement that failed: what is awaited after it fails as well, and first. */
  private mapFailure = identity;
  private ended = false;
  private committed = false;

  private readonly client: PoolClient & DatabaseClient;

  /** @param client lent by the pool, idle; `leave` restores it before it is released */
  constructor(
    client: PoolClient,
    private readonly prepared: PreparedStatements,
  ) {
    this.client = client as PoolClient & DatabaseClient;
    setPipelining(client, true);
    this.beginning = this.run({ text: 'BEGIN' });
  }

  /** True once the server has confirmed the commit. */
  get isCommitted(): boolean {
    return this.committed;
  }

  /** Runs a statement. @param as parsing options of the driver */
  async query<R>(statement: Statement, as?: object): Promise<R[]> {
    const answer = this.run({ ...this.prepared.toQueryConfig(statement), ...as });
    await this.beginning;
    return (await answer).rows as R[];
  }

  /**
   * Sends rows by COPY, outside of the pipeline: await every enqueued statement, and this, before the next.
   *
   * @param statement `COPY … FROM STDIN`
   * @param rows in the text format of COPY
   */
  async copy(statement: string, rows: string): Promise<void> {
    await this.beginning;
    setPipelining(this.client, false);
    try {
      const stream = this.client.query(copyFrom(statement));
      stream.end(rows);
      await finished(stream);
    } catch (error) {
      this.failure ??= error;
      throw error;
    } finally {
      setPipelining(this.client, true);
    }
  }

  /** Lifts the statement timeout for the rest of this transaction. */
  unlimited(): Promise<void> {
    return this.client.unlimited((text) => this.query({ text, values: [] }));
  }

  /**
   * Enqueues a statement whose result is awaited by `commit` only. Where it fails, the commit does.
   *
   * @param onRows receives its rows, before the commit is done
   * @param mapError maps its error to the one that `commit` throws
   */
  enqueue<R>(statement: Statement, onRows?: (rows: R[]) => void, mapError = identity): void {
    const answer = this.query<R>(statement).then(onRows);
    answer.catch((error: unknown) => {
      if (error === this.failure) this.mapFailure = mapError;
    });
    this.enqueued.push({ answer, mapError });
  }

  /**
   * Enqueues statements that write items, a slice each (`jsonSlices`). A slice is serialized once the ones before are written:
   * all of them would fill the memory, and other requests would wait. After a failure the rest is left out.
   *
   * @param statement takes the items from `jsonb_to_recordset`
   */
  async enqueueInSlices(items: readonly object[], statement: (json: string) => Statement, mapError = identity) {
    let isFirst = true;
    for (const json of jsonSlices(items)) {
      if (!isFirst && (await this.hasFailed())) return;
      isFirst = false;
      this.enqueue(statement(json), undefined, mapError);
    }
  }

  /**
   * Awaits every enqueued statement and leaves the transaction open.
   *
   * @param last pending result of the last statement
   * @throws the error of the first statement that failed
   */
  async settle<A>(last: Promise<A>): Promise<A> {
    const waiting = [...this.enqueued.splice(0), { answer: last, mapError: identity }];
    throwFirst(waiting, await Promise.allSettled(waiting.map(({ answer }) => answer)));
    return last;
  }

  /**
   * Commits, and awaits every enqueued statement.
   *
   * @param last pending result of the last statement
   * @throws the error of the first statement that failed: then nothing is committed. Problem 503 `outcome_unknown`
   * where the connection was lost before the server confirmed or rejected the commit. Another error, such as
   * in the use of a result, although it was committed (`isCommitted`)
   */
  async commit<A>(last: Promise<A>): Promise<A> {
    const committed = this.run({ text: 'COMMIT' });
    const waiting = [...this.enqueued, { answer: last, mapError: identity }, { answer: committed, mapError: identity }];
    const outcomes = await Promise.allSettled(waiting.map(({ answer }) => answer));
    this.ended = true;
    if (isUnknown(outcomes)) throw outcomeUnknown();
    this.committed = await committed.then(
      ({ command }) => command === 'COMMIT',
      () => false,
    );
    throwFirst(waiting, outcomes);
    // PostgreSQL answers ROLLBACK, not an error, to the COMMIT of a failed transaction: the work caught the failure.
    if (!this.committed) throw this.mapFailure(this.failure ?? new Error('PostgreSQL has rolled back instead'));
    return last;
  }

  /** Rolls back what is not committed. On a broken connection the server does. */
  async rollback(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.run({ text: 'ROLLBACK' }).catch(identity);
  }

  /** Returns the original failure behind an "in failed transaction" error. */
  causeOf(error: unknown): unknown {
    return (error as { code?: string }).code === IN_FAILED_TRANSACTION ? this.mapFailure(this.failure ?? error) : error;
  }

  /** Restores the connection; ends it where its prepared statements do not match. */
  leave(): void {
    setPipelining(this.client, false);
    this.client.limited();
    if (isPreparedStatementMismatch(this.failure)) this.client.end().catch(identity);
  }

  /** Waits until every enqueued statement is answered. @returns true where one failed: the commit will, with its error */
  private async hasFailed(): Promise<boolean> {
    const outcomes = await Promise.allSettled(this.enqueued.map(({ answer }) => answer));
    return outcomes.some(({ status }) => status === 'rejected');
  }

  private run(statement: QueryConfig) {
    this.client.corkUntilNextTick();
    const answer = this.client.query<object>(statement);
    answer.catch((error: unknown) => (this.failure ??= error));
    return answer;
  }
}

/** @throws the error of the first statement that failed */
function throwFirst(
  statements: readonly EnqueuedStatement[],
  outcomes: readonly PromiseSettledResult<unknown>[],
): void {
  outcomes.forEach((outcome, i) => {
    if (outcome.status === 'rejected') throw statements[i]?.mapError(outcome.reason);
  });
}

/** True where the connection was lost after COMMIT was sent, and the server had rejected no statement before it. */
function isUnknown(outcomes: readonly PromiseSettledResult<unknown>[]): boolean {
  const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as unknown) : undefined));
  const committed = errors.pop();
  return leavesCommitUnknown(committed) && errors.every((error) => error === undefined || isConnectionLost(error));
}

/** Pipeline mode is for transactions only: cursors read in portions and cannot share a pipelined connection. */
function setPipelining(client: PoolClient, on: boolean): void {
  Object.assign(client, { pipeline: on });
}
