import { Injectable } from '@nestjs/common';
import { type Pool, type QueryConfig } from 'pg';
import sql, { type Sql } from 'sql-template-tag';
import { DataSource } from 'typeorm';
import { Budgets } from '../budgets/budgets.service.js';
import { Tracing } from '../tracing/tracing.js';
import { type Holder, type Permit } from '../budgets/fair-semaphore.js';
import { RAW_TEXT, type RawRow } from '../../core/http/row-serializer.js';
import { limitSql } from '../../core/http/keyset-pagination.js';
import { PreparedStatements, type QueryFn, type Statement } from '../../core/persistence/prepared-statements.js';
import { poolOf } from './data-source.js';
import { boundedRows } from './bounded-query.js';
import { LeasedConnection } from './leased-connection.js';

/** Maximal rows of a batch, and its target size, so that no batch blocks other requests for long. */
const MAX_BATCH = 500;
const BATCH_BYTES = 512 * 1024;
const MIN_BATCH = 5;
/** Pages up to this many rows are read in one go. Longer ones end early where their rows exceed `PAGE_BYTES`. */
const SHORT_PAGE = 50;
const PAGE_BYTES = 4 * 1024 * 1024;

/** Transforms a batch of rows; `query` runs further statements for it. */
type BatchMapper<R, T> = (rows: R[], query: QueryFn) => T | Promise<T>;

/** Rows of a list that fits into a batch; without them it is longer, and its first batch may have `batchSize` rows. */
interface ShortList<R> {
  readonly rows?: R[];
  readonly batchSize: number;
}

/** Size and reader of a page. */
export interface PageOptions {
  /** Rows of the page. */
  readonly limit: number;
  /** Id of the actor, who holds the share of long pages. */
  readonly reader: Holder;
  /** Returns a signal whose abort ends the wait of a long page for its turn; called where there may be one. */
  readonly gone?: (() => AbortSignal) | undefined;
  /** Default `generic`. */
  readonly planned?: PlanMode | undefined;
  /** True where the statement reads many rows however few it returns: it needs a permit at any size. */
  readonly scans?: boolean | undefined;
}

/** Plan and cost of a list that is read whole. */
type ListOptions = Pick<PageOptions, 'planned' | 'scans'>;

/** `generic`: a prepared statement with one plan for all values; `custom`: a plan for the given values, each time. */
export type PlanMode = 'generic' | 'custom';

/**
 * Runs named reads on TypeORM's own pool. Each statement is prepared once a connection, so that PostgreSQL plans it
 * once; TypeORM's `query` would plan it each time.
 */
@Injectable()
export class Database {
  private readonly prepared = new PreparedStatements('read');

  /** Runs a statement on any connection of the pool, where a `QueryFn` is expected. */
  readonly query: QueryFn = (statement) => this.rows(statement);

  constructor(
    private readonly source: DataSource,
    private readonly budgets: Budgets,
    tracing: Tracing,
  ) {
    tracing.watchPool(this.pool);
    const lend = (lent: boolean) => (client: object) => void Object.assign(client, { lent });
    this.pool.on('acquire', lend(true)).on('release', (_error, client) => lend(false)(client));
  }

  get pool(): Pool {
    return poolOf(this.source);
  }

  /** Runs a statement and returns all rows. */
  async rows<R extends object>(statement: Statement, planned: PlanMode = 'generic'): Promise<R[]> {
    return (await this.pool.query<R>(this.planned(statement, planned))).rows;
  }

  /** Runs a statement and returns its first row, if any. */
  async row<R extends object>(statement: Statement): Promise<R | undefined> {
    return (await this.rows<R>(statement))[0];
  }

  /** Runs a statement and returns all rows, their values as text. */
  async queryRaw(statement: Sql, planned: PlanMode = 'generic'): Promise<RawRow[]> {
    const query = { ...this.planned(statement, planned), ...RAW_TEXT };
    return (await this.pool.query<(string | null)[]>(query)).rows;
  }

  /**
   * Reads the raw rows of a page and the first one of the next: fewer where they exceed a few MiB, so that memory is
   * bounded however long the texts are.
   *
   * @param statement ends with the LIMIT of `fetchSize(limit)`
   * @returns `limit`: the number of rows of the page, if there are more
   * @throws Problem 429 or 503 where a long page, or one that scans, waits for too long
   */
  async pageRaw(statement: Sql, page: PageOptions): Promise<{ rows: RawRow[]; limit: number }> {
    const { limit, planned } = page;
    if (limit <= SHORT_PAGE) return { rows: await this.runShort(page, () => this.queryRaw(statement, planned)), limit };
    return this.boundedPage({ ...this.planned(statement, planned), ...RAW_TEXT } as QueryConfig, page);
  }

  /** Reads the rows of a page with named columns, as `pageRaw`. */
  async pageRows<R extends object>(statement: Sql, page: PageOptions): Promise<{ rows: R[]; limit: number }> {
    const { limit, planned } = page;
    if (limit <= SHORT_PAGE) return { rows: await this.runShort(page, () => this.rows<R>(statement, planned)), limit };
    return this.boundedPage<R>(this.planned(statement, planned), page);
  }

  /** Runs a read of few rows, such as a count: with a permit of long pages where it scans. @throws Problem 429 or 503 */
  runShort<T>(read: Omit<PageOptions, 'limit' | 'planned'>, work: () => Promise<T>): Promise<T> {
    return read.scans ? this.runLongPage(read, work) : work();
  }

  private boundedPage<R>(query: QueryConfig, page: PageOptions): Promise<{ rows: R[]; limit: number }> {
    return this.runLongPage(page, async () => {
      const { rows, cut } = await boundedRows<R>(this.pool, query, PAGE_BYTES);
      return { rows, limit: cut ? Math.min(page.limit, rows.length - 1) : page.limit };
    });
  }

  private async runLongPage<T>({ reader, gone }: Omit<PageOptions, 'limit'>, work: () => Promise<T>): Promise<T> {
    const permit = await this.budgets.acquire('long_pages', reader, gone?.());
    try {
      return await work();
    } finally {
      permit.release();
    }
  }

  /**
   * Streams a list in batches of raw rows, from one snapshot. Most lists are short, so the first rows are read with a
   * prepared statement, as a page is; only longer lists are read again with a cursor.
   *
   * @param reader holder of the share of long reads
   * @param map transforms a batch; it queries on the connection that the list holds, since waiting for a second one
   * while holding the first can deadlock with others doing the same
   */
  async *streamRaw<T>(
    statement: Sql,
    reader: Holder,
    map: BatchMapper<RawRow, T>,
    { planned, scans }: ListOptions = {},
  ): AsyncGenerator<T> {
    const query = { ...this.planned(upToBatch(statement), planned), ...RAW_TEXT } as QueryConfig;
    const short = await this.shortList<RawRow>(query, { reader, scans });
    if (!short.rows) yield* this.batches(statement, reader, map, { size: short.batchSize, as: RAW_TEXT });
    else if (short.rows.length > 0) yield await map(short.rows, this.query);
  }

  /**
   * Streams rows in batches and constant memory, from one snapshot; few rows are read as a page is. The connection is
   * released when the reader finishes, stops early or fails. Each batch is a statement of its own: the whole has no
   * time limit, but one batch, or a reader that does not fetch the next, is bounded like any statement or
   * transaction.
   *
   * @param reader holder of the share of long reads
   * @throws Problem 429 or 503 where the reader, or the process, runs the maximum of long reads already
   */
  async *stream<R extends object>(
    statement: Sql,
    reader: Holder,
    { scans }: Pick<ListOptions, 'scans'> = {},
  ): AsyncGenerator<R[]> {
    const short = await this.shortList<R>(this.planned(upToBatch(statement), 'custom'), { reader, scans });
    if (!short.rows) yield* this.batches<R, R[]>(statement, reader, (batch) => batch, { size: short.batchSize });
    else if (short.rows.length > 0) yield short.rows;
  }

  /**
   * Reads a list that fits into a batch. Of a longer one only the size of the first batch is kept while it waits for
   * its turn: the rows that were read may be several MB.
   */
  private async shortList<R extends object>(
    query: QueryConfig,
    { reader, scans }: Pick<PageOptions, 'reader' | 'scans'>,
  ): Promise<ShortList<R>> {
    const read = () => boundedRows<R>(this.pool, query, BATCH_BYTES);
    const { rows, cut } = await (scans ? this.runLongRead(reader, read) : read());
    if (cut || rows.length > MAX_BATCH) return { batchSize: nextSize(rows.length, rows) };
    return { rows, batchSize: 0 };
  }

  /** Runs work that holds a connection for as long as its reader takes. @throws Problem 429 or 503, as `stream` */
  async runLongRead<T>(reader: Holder, work: () => Promise<T>): Promise<T> {
    const permit = await this.acquireLongRead(reader);
    try {
      return await work();
    } finally {
      permit.release();
    }
  }

  /** Acquires a permit for a long read, so that some connections remain for short ones. */
  private acquireLongRead(reader: Holder): Promise<Permit> {
    return this.budgets.acquire('long_reads', reader);
  }

  private async *batches<R extends object, T>(
    statement: Sql,
    reader: Holder,
    map: BatchMapper<R, T>,
    { size: firstSize, as }: { size: number; as?: typeof RAW_TEXT },
  ): AsyncGenerator<T> {
    const lease = await LeasedConnection.of(this.pool, await this.acquireLongRead(reader));
    const { client } = lease;
    let size = firstSize;
    const fetch = async () => {
      const { rows } = await client.query<R>({ text: `FETCH ${size} FROM batches`, ...as });
      size = nextSize(size, rows);
      return rows;
    };
    const query: QueryFn = async <Q extends object>(more: Statement) =>
      (await client.query<Q>(this.prepared.toQueryConfig(more))).rows;
    try {
      await client.query('BEGIN');
      await client.query(`DECLARE batches NO SCROLL CURSOR FOR ${statement.text}`, statement.values);
      for (let rows = await fetch(); rows.length > 0; rows = await fetch()) yield await map(rows, query);
    } catch (error) {
      lease.discard(error as Error);
      throw error;
    } finally {
      await lease.end();
    }
  }

  private planned({ text, values }: Statement, planned: PlanMode = 'generic'): QueryConfig {
    return planned === 'generic' ? this.prepared.toQueryConfig({ text, values }) : { text, values };
  }
}

const upToBatch = (statement: Sql): Sql => sql`${statement} ${limitSql(MAX_BATCH + 1)}`;

/** Renders an instant as the API writes it: ISO 8601, UTC, milliseconds. */
export function iso(expression: Sql): Sql {
  return sql`to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/**
 * Returns the size of the next batch by the bytes of this one: at most twice as many rows, since the next ones may be
 * longer.
 */
function nextSize(size: number, rows: readonly object[]): number {
  const bytes = 1 + lengthOf(rows);
  const fitting = Math.floor((BATCH_BYTES * rows.length) / bytes);
  return Math.max(MIN_BATCH, Math.min(fitting, size * 2, MAX_BATCH));
}

/** Returns the length of all texts in a value, also within JSON. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Buffer.isBuffer(value)) return value.length;
  if (value === null || typeof value !== 'object') return 0;
  let sum = 0;
  for (const part of Object.values(value)) sum += lengthOf(part);
  return sum;
}
