import { type Pool, type PoolClient } from 'pg';
import { type Sql } from 'sql-template-tag';
import { type DatabaseClient } from '../../core/persistence/database-client.js';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';

const BATCH = 2000;

/** Reads in one repeatable-read transaction: all rows are of one point in time, however long reading takes. */
export interface ReadSnapshot {
  readonly query: QueryFn;
  /** Opens a cursor. @param batch number of rows to fetch ahead at a time */
  rows<R extends object>(statement: Sql, batch?: number): Promise<SnapshotRows<R>>;
}

type Query = <R extends object>(text: string, values?: unknown[]) => Promise<R[]>;

/** Runs `work` in a snapshot of its own, without the usual time limits. */
export async function withReadSnapshot<T>(pool: Pool, work: (snapshot: ReadSnapshot) => Promise<T>): Promise<T> {
  const client = (await pool.connect()) as PoolClient & DatabaseClient;
  const query = sequentialQueries(client);
  let cursors = 0;
  try {
    await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.unlimited(query);
    return await work({
      query: ({ text, values }) => query(text, values),
      rows: async ({ text, values }, batch = BATCH) => {
        const name = `rows_${++cursors}`;
        await query(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`, values);
        return new SnapshotRows(() => query(`FETCH ${batch} FROM ${name}`));
      },
    });
  } finally {
    const failed = await query('ROLLBACK').then(
      () => undefined,
      (error: Error) => error,
    );
    client.limited();
    client.release(failed);
  }
}

/** Queues statements, since a connection executes one at a time. */
function sequentialQueries(client: PoolClient): Query {
  let before: Promise<unknown> = Promise.resolve();
  return <R extends object>(text: string, values?: unknown[]) => {
    const rows = before.then(async () => (await client.query<R>(text, values)).rows);
    before = rows.catch(() => undefined);
    return rows;
  };
}

/** Reads the rows of a cursor in bounded memory, one batch ahead. */
export class SnapshotRows<R extends object> {
  private buffer: R[] = [];
  private used = 0;
  private pending: Promise<R[]>;

  constructor(private readonly fetch: () => Promise<R[]>) {
    this.fetchMore();
  }

  /** @returns the next `count` rows; fewer at the end */
  async take(count: number): Promise<R[]> {
    while (this.buffer.length - this.used < count) {
      const more = await this.pending;
      if (more.length === 0) break;
      // The next batch loads while this one is used.
      this.fetchMore();
      this.buffer = this.buffer.slice(this.used).concat(more);
      this.used = 0;
    }
    const rows = this.buffer.slice(this.used, this.used + count);
    this.used += rows.length;
    return rows;
  }

  private fetchMore(): void {
    this.pending = this.fetch();
    // Prevents an unhandled rejection; the consumer gets the error when it awaits.
    this.pending.catch(() => undefined);
  }
}
