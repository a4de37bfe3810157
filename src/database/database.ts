import { Injectable } from '@nestjs/common';
import { type Pool, type PoolClient } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { poolOf } from './data-source.js';
import { AS_TEXT, type TextRow } from '../core/json-view.js';
import { atMost } from '../core/page.js';
import { Prepared } from '../core/prepared.js';

const BATCH = 500;

/** Whether a statement is planned once for all values, by name, or `anew` each time for those that it is sent with. */
export type Planning = 'once' | 'anew';

/**
 * Named reads on TypeORM's own pool. Each statement is prepared once a connection under its own name, so that
 * PostgreSQL plans it once; TypeORM's `query` would plan it each time.
 */
@Injectable()
export class Database {
  private readonly prepared = new Prepared('read');

  constructor(private readonly source: DataSource) {}

  get pool(): Pool {
    return poolOf(this.source);
  }

  /** All rows of a statement. */
  async rows<R extends object>(statement: Sql): Promise<R[]> {
    return (await this.pool.query<R>(this.prepared.named(statement))).rows;
  }

  /** The first row, if any. */
  async row<R extends object>(statement: Sql): Promise<R | undefined> {
    return (await this.rows<R>(statement))[0];
  }

  /** All rows of a statement, their values as text. */
  async texts(statement: Sql, planned: Planning = 'once'): Promise<TextRow[]> {
    const { text, values } = statement;
    const query = { ...(planned === 'once' ? this.prepared.named(statement) : { text, values }), ...AS_TEXT };
    return (await this.pool.query<(string | null)[]>(query)).rows;
  }

  /**
   * A list of any length in batches, each row's values as text, from one snapshot. Most lists are short, so the first
   * rows are asked for as a page is, prepared; only what is longer is read again, by a cursor.
   */
  async *textBatches(statement: Sql, planned?: Planning): AsyncGenerator<TextRow[]> {
    const rows = await this.texts(sql`${statement} ${atMost(BATCH + 1)}`, planned);
    if (rows.length > BATCH) yield* this.stream<TextRow>(statement, AS_TEXT);
    else if (rows.length > 0) yield rows;
  }

  /**
   * Rows of any number in constant memory, in batches, from one snapshot. The connection goes back when the reader is
   * done, stops early or fails. Each batch is a statement of its own: the whole may take as long as it takes, one batch,
   * or a reader who does not come for the next, no longer than any statement or transaction.
   */
  async *stream<R extends object>(statement: Sql, as?: typeof AS_TEXT): AsyncGenerator<R[]> {
    const client = await this.pool.connect();
    let failed: Error | undefined;
    // A connection that is lost while it is lent says so to nobody else, and an error without a listener ends the process.
    const lost = (error: Error) => void (failed = error);
    client.on('error', lost);
    const fetch = async () => (await client.query<R>({ text: `FETCH ${BATCH} FROM batches`, ...as })).rows;
    try {
      await client.query('BEGIN');
      await client.query(`DECLARE batches NO SCROLL CURSOR FOR ${statement.text}`, statement.values);
      for (let rows = await fetch(); rows.length > 0; rows = await fetch()) yield rows;
    } catch (error) {
      failed = error as Error;
      throw error;
    } finally {
      await this.giveBack(client, failed);
      client.off('error', lost);
    }
  }

  private async giveBack(client: PoolClient, failed: Error | undefined): Promise<void> {
    const ended = failed ? undefined : await client.query('COMMIT').catch((error: Error) => error);
    client.release(failed ?? (ended instanceof Error ? ended : undefined));
  }
}

/** An instant as the API writes it: ISO 8601, UTC, milliseconds. */
export function iso(expression: Sql): Sql {
  return sql`to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
