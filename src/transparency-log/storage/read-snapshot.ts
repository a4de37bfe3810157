import { type Pool, type PoolClient } from 'pg';
import { type Sql } from 'sql-template-tag';
import { type DatabaseClient } from '../../core/persistence/database-client.js';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';

const BATCH = 2000;

/** Everything that is read in it is of one moment, however long that takes. */
export interface ReadSnapshot {
  readonly ask: QueryFn;
  /** @param batch how many are fetched at a time, ahead of those that are used */
  rows<R extends object>(statement: Sql, batch?: number): Promise<SnapshotRows<R>>;
}

type Query = <R extends object>(text: string, values?: unknown[]) => Promise<R[]>;

/** Opens a snapshot for as long as `work` takes. */
export async function withReadSnapshot<T>(pool: Pool, work: (snapshot: ReadSnapshot) => Promise<T>): Promise<T> {
  const client = (await pool.connect()) as PoolClient & DatabaseClient;
  const query = sequentialQueries(client);
  let cursors = 0;
  try {
    await query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.unlimited(query);
    return await work({
      ask: ({ text, values }) => query(text, values),
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

/** A connection does one statement at a time; whoever comes meanwhile waits. */
function sequentialQueries(client: PoolClient): Query {
  let before: Promise<unknown> = Promise.resolve();
  return <R extends object>(text: string, values?: unknown[]) => {
    const rows = before.then(async () => (await client.query<R>(text, values)).rows);
    before = rows.catch(() => undefined);
    return rows;
  };
}

/** The rows of a statement, as many at a time as are asked for, in bounded memory. */
export class SnapshotRows<R extends object> {
  private here: R[] = [];
  private used = 0;
  private coming: Promise<R[]>;

  constructor(private readonly fetch: () => Promise<R[]>) {
    this.fetchMore();
  }

  /** The next rows; fewer than asked for at the end. */
  async take(count: number): Promise<R[]> {
    while (this.here.length - this.used < count) {
      const more = await this.coming;
      if (more.length === 0) break;
      // The next ones are under way while these are used.
      this.fetchMore();
      this.here = this.here.slice(this.used).concat(more);
      this.used = 0;
    }
    const rows = this.here.slice(this.used, this.used + count);
    this.used += rows.length;
    return rows;
  }

  private fetchMore(): void {
    this.coming = this.fetch();
    // Whoever takes them hears of it; before that it is nobody's.
    this.coming.catch(() => undefined);
  }
}
