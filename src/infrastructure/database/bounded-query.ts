import { Query, type Pool, type QueryConfig } from 'pg';

/** Rows of the first portion; each later one is at most twice as large as the one before. */
const FIRST_PORTION = 100;

interface Connection {
  sync(): void;
}

/** Members of pg's `Query` that its type declarations leave out. */
interface PortalQuery {
  callback?: (error: Error | null, result: { rows: unknown[] }) => void;
  handleDataRow(message: { length: number }): void;
  handlePortalSuspended(connection: Connection): void;
  handleError(error: Error, connection?: Connection): void;
  _getRows(connection: Connection, rows: number): void;
}

const PgQuery = Query as unknown as new (config: object) => PortalQuery;

/**
 * Statement that stops when its rows exceed a number of bytes. It runs in portions (`Execute` with a row limit), so
 * that PostgreSQL does not even read the remaining rows; a short result needs a single round trip.
 */
class BoundedQuery extends PgQuery {
  cut = false;
  private bytes = 0;
  private rowCount = 0;
  private portion = FIRST_PORTION;

  constructor(
    config: QueryConfig,
    private readonly maxBytes: number,
  ) {
    super({ ...config, rows: FIRST_PORTION });
  }

  override handleDataRow(message: { length: number }): void {
    this.bytes += message.length;
    this.rowCount++;
    super.handleDataRow(message);
  }

  override handlePortalSuspended(connection: Connection): void {
    const left = Math.floor((this.maxBytes - this.bytes) / (this.bytes / this.rowCount));
    this.cut = left < 1;
    if (this.cut) return connection.sync();
    this.portion = Math.min(this.portion * 2, left);
    this._getRows(connection, this.portion);
  }

  /** Sends the `Sync` that the server awaits after an error; the driver sends one only at the end of the rows. */
  override handleError(error: Error & { severity?: string }, connection?: Connection): void {
    if (error.severity === 'ERROR') connection?.sync();
    super.handleError(error, connection);
  }
}

/** Runs a statement and returns its rows, up to `maxBytes` and one portion. `cut`: there are more. */
export function boundedRows<R>(
  pool: Pool,
  config: QueryConfig,
  maxBytes: number,
): Promise<{ rows: R[]; cut: boolean }> {
  const query = new BoundedQuery(config, maxBytes);
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, result: { rows: unknown[] }) =>
      error ? reject(error) : resolve({ rows: result.rows as R[], cut: query.cut });
    (pool.query as (text: object, values: undefined, callback: typeof done) => void).call(pool, query, undefined, done);
  });
}
