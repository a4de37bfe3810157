import { type Writable } from 'node:stream';
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
import { type PreparedStatements, type Statement } from './prepared-statements.js';

const IN_FAILED_TRANSACTION = '25P02';

interface Sent {
  readonly answer: Promise<unknown>;
  /** What is thrown for the error that it failed with. */
  readonly failed: (error: unknown) => unknown;
}

const asItIs = (error: unknown): unknown => error;

/**
 * One transaction on a connection of its own. Statements go out one behind the other without waiting for answers, so
 * that those which need no answer of each other share one round trip; PostgreSQL does them in the order sent. Once one
 * has failed it refuses all others, and the commit becomes a rollback.
 */
export class PipelinedTransaction {
  private readonly sent: Sent[] = [];
  private readonly begun: Promise<unknown>;
  private failure: unknown;
  private ended = false;
  private gathering = false;

  private readonly client: PoolClient & DatabaseClient;

  /** @param client lent by the pool, idle; to be left as it was before it goes back */
  constructor(
    client: PoolClient,
    private readonly prepared: PreparedStatements,
  ) {
    this.client = client as PoolClient & DatabaseClient;
    pipelined(client, true);
    this.begun = this.run({ text: 'BEGIN' });
  }

  /** The rows of a statement, read `as` told to. */
  async query<R>(statement: Statement, as?: object): Promise<R[]> {
    const answer = this.run({ ...this.prepared.toQueryConfig(statement), ...as });
    await this.begun;
    return (await answer).rows as R[];
  }

  /**
   * Sends rows by COPY. It shares the connection with nothing else: await whatever was sent, and this, before the next.
   *
   * @param statement `COPY … FROM STDIN`
   * @param rows in the text format of COPY
   */
  async copy(statement: string, rows: string): Promise<void> {
    await this.begun;
    pipelined(this.client, false);
    try {
      const stream = this.client.query(copyFrom(statement));
      stream.end(rows);
      await finished(stream);
    } catch (error) {
      this.failure ??= error;
      throw error;
    } finally {
      pipelined(this.client, true);
    }
  }

  /** From here on its statements may take as long as they take. */
  unlimited(): Promise<void> {
    return this.client.unlimited((text) => this.query({ text, values: [] }));
  }

  /**
   * Sends a statement whose answer nobody waits for before the end. Where it fails, the commit does.
   *
   * @param answered is given its rows, before the commit is done
   * @param failed makes what is thrown out of what it failed with
   */
  enqueue<R>(statement: Statement, answered?: (rows: R[]) => void, failed = asItIs): void {
    const answer = this.query<R>(statement).then(answered);
    answer.catch(asItIs);
    this.sent.push({ answer, failed });
  }

  /**
   * Commits, and waits for whatever was sent.
   *
   * @param last the answer of what was asked last; its statements are on their way
   * @throws what the first of them failed with: then nothing is committed. Problem 503 `outcome_unknown` where the
   * connection was lost before the server said whether it committed
   */
  async commit<A>(last: Promise<A>): Promise<A> {
    const committed = this.run({ text: 'COMMIT' });
    const waiting = [...this.sent, { answer: last, failed: asItIs }, { answer: committed, failed: asItIs }];
    const outcomes = await Promise.allSettled(waiting.map(({ answer }) => answer));
    this.ended = true;
    if (isUnknown(outcomes)) throw outcomeUnknown();
    outcomes.forEach((outcome, i) => {
      if (outcome.status === 'rejected') throw waiting[i]?.failed(outcome.reason);
    });
    return last;
  }

  /** Undoes what is not committed. A connection that broke cannot; there the server does. */
  async rollback(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    await this.run({ text: 'ROLLBACK' }).catch(asItIs);
  }

  /** What really went wrong, where an error only says that something had before. */
  causeOf(error: unknown): unknown {
    return (error as { code?: string }).code === IN_FAILED_TRANSACTION ? (this.failure ?? error) : error;
  }

  /** The connection is as it was before; or it ends, where what it prepared is mixed up. */
  leave(): void {
    pipelined(this.client, false);
    this.client.limited();
    if (isPreparedStatementMismatch(this.failure)) this.client.end().catch(asItIs);
  }

  private run(statement: QueryConfig) {
    this.gather();
    const answer = this.client.query<object>(statement);
    answer.catch((error: unknown) => (this.failure ??= error));
    return answer;
  }

  /** What is sent at about the same time leaves in one packet. */
  private gather(): void {
    if (this.gathering) return;
    this.gathering = true;
    const { stream } = (this.client as unknown as { connection: { stream: Writable } }).connection;
    stream.cork();
    process.nextTick(() => {
      this.gathering = false;
      stream.uncork();
    });
  }
}

/** COMMIT, the last, was on its way when the connection was lost, and the server had refused nothing before it. */
function isUnknown(outcomes: readonly PromiseSettledResult<unknown>[]): boolean {
  const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as unknown) : undefined));
  const committed = errors.pop();
  return leavesCommitUnknown(committed) && errors.every((error) => error === undefined || isConnectionLost(error));
}

/** Only transactions send ahead: what reads in portions, as cursors do, cannot share a connection that does. */
function pipelined(client: PoolClient, on: boolean): void {
  Object.assign(client, { pipeline: on });
}
