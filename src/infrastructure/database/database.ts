import { Injectable } from '@nestjs/common';
import { type Pool, type QueryConfig } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { Budgets } from '../budgets/budgets.service.js';
import { type Holder, type Permit } from '../budgets/fair-semaphore.js';
import { RAW_TEXT, type RawRow } from '../../core/http/row-serializer.js';
import { limitSql } from '../../core/http/keyset-pagination.js';
import { PreparedStatements, type QueryFn, type Statement } from '../../core/persistence/prepared-statements.js';
import { poolOf } from './data-source.js';
import { boundedRows } from './bounded-query.js';
import { LeasedConnection } from './leased-connection.js';

/** Most rows of a batch; and so many bytes of text are aimed at, so that no batch keeps the others waiting for long. */
const BATCH = 500;
const BATCH_BYTES = 512 * 1024;
const LEAST_BATCH = 25;
/** Pages of up to so many rows are read in one go. Longer ones end early where their rows have become so many bytes. */
const SHORT_PAGE = 50;
const PAGE_BYTES = 4 * 1024 * 1024;

/** What is made of a batch of rows, of which `ask` may be asked for more. */
type Make<R, T> = (rows: R[], query: QueryFn) => T | Promise<T>;

/** Whether a statement is planned once for all values, by name, or `anew` each time for those that it is sent with. */
export type PlanMode = 'generic' | 'custom';

/**
 * Named reads on TypeORM's own pool. Each statement is prepared once a connection under its own name, so that
 * PostgreSQL plans it once; TypeORM's `query` would plan it each time.
 */
@Injectable()
export class Database {
  private readonly prepared = new PreparedStatements('read');

  /** All rows of a statement, for those who are lent another's connection otherwise. */
  readonly ask: QueryFn = (statement) => this.rows(statement);

  constructor(
    private readonly source: DataSource,
    private readonly budgets: Budgets,
  ) {
    const lend = (lent: boolean) => (client: object) => void Object.assign(client, { lent });
    this.pool.on('acquire', lend(true)).on('release', (_error, client) => lend(false)(client));
  }

  get pool(): Pool {
    return poolOf(this.source);
  }

  /** All rows of a statement. */
  async rows<R extends object>(statement: Statement, planned: PlanMode = 'generic'): Promise<R[]> {
    return (await this.pool.query<R>(this.planned(statement, planned))).rows;
  }

  /** The first row, if any. */
  async row<R extends object>(statement: Statement): Promise<R | undefined> {
    return (await this.rows<R>(statement))[0];
  }

  /** All rows of a statement, their values as text. */
  async queryRaw(statement: Sql, planned: PlanMode = 'generic'): Promise<RawRow[]> {
    const query = { ...this.planned(statement, planned), ...RAW_TEXT };
    return (await this.pool.query<(string | null)[]>(query)).rows;
  }

  /**
   * The rows of a page, their values as text, and the one after it: fewer where they have become too many bytes, so that no
   * page takes more memory than a few MiB, however long its texts are.
   *
   * @param statement whose last clause says how many rows are fetched for `limit`
   * @returns `limit`: the number of rows that the page has, if there are more
   */
  async pageRaw(statement: Sql, limit: number, planned?: PlanMode): Promise<{ rows: RawRow[]; limit: number }> {
    if (limit <= SHORT_PAGE) return { rows: await this.queryRaw(statement, planned), limit };
    return this.boundedPage({ ...this.planned(statement, planned), ...RAW_TEXT } as QueryConfig, limit);
  }

  /** The same for rows of named columns. */
  async pageRows<R extends object>(
    statement: Sql,
    limit: number,
    planned?: PlanMode,
  ): Promise<{ rows: R[]; limit: number }> {
    if (limit <= SHORT_PAGE) return { rows: await this.rows<R>(statement, planned), limit };
    return this.boundedPage<R>(this.planned(statement, planned), limit);
  }

  private async boundedPage<R>(query: QueryConfig, limit: number): Promise<{ rows: R[]; limit: number }> {
    const { rows, cut } = await boundedRows<R>(this.pool, query, PAGE_BYTES);
    return { rows, limit: cut ? Math.min(limit, rows.length - 1) : limit };
  }

  /**
   * A list of any length in batches, each row's values as text, from one snapshot. Most lists are short, so the first
   * rows are asked for as a page is, prepared; only what is longer is read again, by a cursor.
   *
   * @param reader whose share of long reads it counts in
   * @param make what is made of a batch; it asks for more on the connection that the list holds, since whoever waits for
   * a second one while holding the first may wait for those who do the same
   */
  async *streamRaw<T>(statement: Sql, reader: Holder, make: Make<RawRow, T>, planned?: PlanMode): AsyncGenerator<T> {
    const query = { ...this.planned(sql`${statement} ${limitSql(BATCH + 1)}`, planned), ...RAW_TEXT } as QueryConfig;
    const { rows, cut } = await boundedRows<RawRow>(this.pool, query, BATCH_BYTES);
    if (cut || rows.length > BATCH) yield* this.batches(statement, reader, make, RAW_TEXT);
    else if (rows.length > 0) yield await make(rows, this.ask);
  }

  /**
   * Rows of any number in constant memory, in batches, from one snapshot; few are read as a page is. The connection goes back when the reader is
   * done, stops early or fails. Each batch is a statement of its own: the whole may take as long as it takes, one batch,
   * or a reader who does not come for the next, no longer than any statement or transaction.
   *
   * @param reader whose share of long reads it counts in
   * @throws Problem 429 or 503 where the reader, or all together, read as many long lists as may be read at once
   */
  async *stream<R extends object>(statement: Sql, reader: Holder): AsyncGenerator<R[]> {
    const query = this.planned(sql`${statement} ${limitSql(BATCH + 1)}`, 'custom');
    const { rows, cut } = await boundedRows<R>(this.pool, query, BATCH_BYTES);
    if (cut || rows.length > BATCH) yield* this.batches<R, R[]>(statement, reader, (batch) => batch);
    else if (rows.length > 0) yield rows;
  }

  /** Does what holds a connection for as long as its reader takes. @throws Problem 429 or 503, as `stream` */
  async runLongRead<T>(reader: Holder, work: () => Promise<T>): Promise<T> {
    const place = await this.acquireLongRead(reader);
    try {
      return await work();
    } finally {
      place.release();
    }
  }

  /** A place for a read that holds a connection for as long as its reader takes; the other connections are for short ones. */
  private acquireLongRead(reader: Holder): Promise<Permit> {
    return this.budgets.acquire('long_reads', reader);
  }

  private async *batches<R extends object, T>(
    statement: Sql,
    reader: Holder,
    make: Make<R, T>,
    as?: typeof RAW_TEXT,
  ): AsyncGenerator<T> {
    const held = await LeasedConnection.of(this.pool, await this.acquireLongRead(reader));
    const { client } = held;
    let size = 4 * LEAST_BATCH;
    const fetch = async () => {
      const { rows } = await client.query<R>({ text: `FETCH ${size} FROM batches`, ...as });
      size = nextSize(size, rows);
      return rows;
    };
    const ask: QueryFn = async <Q extends object>(more: Statement) =>
      (await client.query<Q>(this.prepared.toQueryConfig(more))).rows;
    try {
      await client.query('BEGIN');
      await client.query(`DECLARE batches NO SCROLL CURSOR FOR ${statement.text}`, statement.values);
      for (let rows = await fetch(); rows.length > 0; rows = await fetch()) yield await make(rows, ask);
    } catch (error) {
      held.discard(error as Error);
      throw error;
    } finally {
      await held.end();
    }
  }

  private planned({ text, values }: Statement, planned: PlanMode = 'generic'): QueryConfig {
    return planned === 'generic' ? this.prepared.toQueryConfig({ text, values }) : { text, values };
  }
}

/** An instant as the API writes it: ISO 8601, UTC, milliseconds. */
export function iso(expression: Sql): Sql {
  return sql`to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** How many rows the next batch has, by the bytes of this one: twice as many at most, for the next rows may be longer. */
function nextSize(size: number, rows: readonly object[]): number {
  let bytes = 1;
  for (const row of rows) for (const value of Object.values(row)) if (typeof value === 'string') bytes += value.length;
  const fitting = Math.floor((BATCH_BYTES * rows.length) / bytes);
  return Math.max(LEAST_BATCH, Math.min(fitting, size * 2, BATCH));
}
