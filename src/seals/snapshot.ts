import { type Pool, type PoolClient } from 'pg';
import { type Sql } from 'sql-template-tag';
import { type Ask } from './stored-tree.js';

const BATCH = 2000;

/** Everything that is read in it is of one moment, however long that takes. */
export interface Snapshot {
  readonly ask: Ask;
  /** @param statement without values */
  rows<R extends object>(statement: Sql): Promise<SnapshotRows<R>>;
}

/** Opens a snapshot for as long as `work` takes. */
export async function inSnapshot<T>(pool: Pool, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let cursors = 0;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query('SET LOCAL statement_timeout = 0');
    return await work({
      ask: async <R extends object>({ text, values }: Sql) => (await client.query<R>(text, values)).rows,
      rows: async ({ text }) => {
        const name = `rows_${++cursors}`;
        await client.query(`DECLARE ${name} NO SCROLL CURSOR FOR ${text}`);
        return new SnapshotRows(client, name);
      },
    });
  } finally {
    await client.query('ROLLBACK').then(
      () => client.release(),
      (error: Error) => client.release(error),
    );
  }
}

/** The rows of a statement, as many at a time as are asked for, in bounded memory. */
export class SnapshotRows<R extends object> {
  private here: R[] = [];
  private used = 0;
  private coming: Promise<R[]>;

  constructor(
    private readonly client: PoolClient,
    private readonly name: string,
  ) {
    this.coming = this.fetch();
    // Whoever takes them hears of it; before that it is nobody's.
    this.coming.catch(() => undefined);
  }

  /** The next rows without taking them; fewer than asked for at the end. */
  async peek(count: number): Promise<R[]> {
    while (this.here.length - this.used < count) {
      const more = await this.coming;
      if (more.length === 0) break;
      // The next ones are under way while these are used.
      this.coming = this.fetch();
      this.here = this.here.slice(this.used).concat(more);
      this.used = 0;
    }
    return this.here.slice(this.used, this.used + count);
  }

  /** The next rows; fewer than asked for at the end. */
  async take(count: number): Promise<R[]> {
    const rows = await this.peek(count);
    this.used += rows.length;
    return rows;
  }

  private async fetch(): Promise<R[]> {
    return (await this.client.query<R>(`FETCH ${BATCH} FROM ${this.name}`)).rows;
  }
}
