import { type Pool, type PoolClient } from 'pg';
import { type Permit } from '../budgets/fair-semaphore.js';

/**
 * A connection that is held for as long as a reader takes, on one of the places for that. Both are given back at once when
 * the connection is lost, as when the server ends a transaction that idles: its reader may never come back.
 */
export class LeasedConnection {
  private given = false;

  private constructor(
    readonly client: PoolClient,
    private readonly place: Permit,
  ) {
    // An error without a listener ends the process; those of a connection that is in the pool have one there.
    client.on('error', this.discard);
  }

  static async of(pool: Pool, place: Permit): Promise<LeasedConnection> {
    try {
      return new LeasedConnection(await pool.connect(), place);
    } catch (error) {
      place.release();
      throw error;
    }
  }

  /** Ends the transaction and gives the connection back, unless it is lost. */
  async end(): Promise<void> {
    if (this.given) return;
    const failed = await this.client.query('COMMIT').then(
      () => undefined,
      (error: Error) => error,
    );
    this.giveBack(failed);
  }

  /** What happened to it makes it of no more use. */
  readonly discard = (error: Error): void => this.giveBack(error);

  private giveBack(failed?: Error): void {
    if (this.given) return;
    this.given = true;
    this.client.release(failed);
    if (!failed) this.client.off('error', this.discard);
    this.place.release();
  }
}
