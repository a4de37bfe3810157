import { type Pool, type PoolClient } from 'pg';
import { type Permit } from '../budgets/fair-semaphore.js';

/**
 * Connection held for as long as a reader takes, with its permit. Both are released at once when the connection is
 * lost, as when the server ends an idle transaction: the reader may never come back.
 */
export class LeasedConnection {
  private released = false;

  private constructor(
    readonly client: PoolClient,
    private readonly permit: Permit,
  ) {
    // An error without a listener ends the process; the pool listens only to connections that are in it.
    client.on('error', this.discard);
  }

  static async of(pool: Pool, permit: Permit): Promise<LeasedConnection> {
    try {
      return new LeasedConnection(await pool.connect(), permit);
    } catch (error) {
      permit.release();
      throw error;
    }
  }

  /** Ends the transaction and releases the connection, unless it is lost. */
  async end(): Promise<void> {
    if (this.released) return;
    const failed = await this.client.query('COMMIT').then(
      () => undefined,
      (error: Error) => error,
    );
    this.release(failed);
  }

  /** Releases a connection that is broken, which removes it from the pool. */
  readonly discard = (error: Error): void => this.release(error);

  private release(failed?: Error): void {
    if (this.released) return;
    this.released = true;
    this.client.release(failed);
    if (!failed) this.client.off('error', this.discard);
    this.permit.release();
  }
}
