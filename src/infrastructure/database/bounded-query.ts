import { Query, type Pool, type QueryConfig } from 'pg';

/** Rows are asked for in portions: the first is this large, each further one at most twice as large as the one before. */
const FIRST_PORTION = 100;

interface Connection {
  sync(): void;
}

/** The parts of the query of `pg` that its declarations leave out. */
interface PortalQuery {
  callback?: (error: Error | null, result: { rows: unknown[] }) => void;
  handleDataRow(message: { length: number }): void;
  handlePortalSuspended(connection: Connection): void;
  handleError(error: Error, connection?: Connection): void;
  _getRows(connection: Connection, rows: number): void;
}

const PgQuery = Query as unknown as new (config: object) => PortalQuery;

/**
 * A statement that stops when its rows have become too many bytes. It is executed in portions (`Execute` with a number of
 * rows), so that PostgreSQL does not even read what is left out; a short result costs no more than one exchange.
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

  /** The driver sends the final `Sync` with the end of the rows alone; after an error the server waits for it. */
  override handleError(error: Error & { severity?: string }, connection?: Connection): void {
    if (error.severity === 'ERROR') connection?.sync();
    super.handleError(error, connection);
  }
}

/** The rows of a statement, up to so many bytes and a portion. `cut`: there are more. */
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
