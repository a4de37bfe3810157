import sql from 'sql-template-tag';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { INCARNATION, Incarnation, type Seen } from '../../infrastructure/database/incarnation.js';

interface Mark {
  readonly id: bigint;
  /** The transactions that may still commit an entry with a smaller id. */
  readonly writers: ReadonlySet<string>;
}

/**
 * Up to which id every entry is sealed that will ever be there, so that a look for new ones begins behind it. Ids are
 * taken before the commit: a smaller one may appear later, but only from a transaction that was writing to the trail when
 * a larger one was seen, and such transactions show in `pg_locks` until they end. Kept in memory alone, and forgotten
 * when the database turns out to be another one, or an older copy.
 */
export class LowWaterMark {
  private readonly incarnation = new Incarnation();
  private passed = 0n;
  private ahead: Mark | undefined;
  private now: Mark = { id: 0n, writers: new Set() };

  /** Entries up to here need not be looked at. */
  get id(): string {
    return String(this.passed);
  }

  /** Takes note of the ids and writers of now; before every look. @returns whether there is anything to look for */
  async observe(query: QueryFn): Promise<boolean> {
    // In this order, in two statements: whoever took an id before the first and has not ended shows in the second.
    const [trail] = await query<Seen & { sealed: boolean }>(sql`SELECT i.*,
      EXISTS (SELECT FROM audit_seals WHERE entry_id = ${this.id}::bigint) AS sealed FROM (${INCARNATION}) i`);
    if (trail && (this.incarnation.hasChanged(trail) || (this.passed > 0n && !trail.sealed))) this.reset();
    const locks = await query<{ writer: string }>(sql`SELECT DISTINCT virtualtransaction AS writer FROM pg_locks
      WHERE locktype = 'relation' AND relation = 'audit_trail'::regclass AND mode = 'RowExclusiveLock' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    this.now = { id: BigInt(trail?.last ?? 0), writers: new Set(locks.map(({ writer }) => writer)) };
    return this.now.id > this.passed;
  }

  /** Everything that was there at the last `observe` is sealed. */
  advance(): void {
    const mark = this.ahead ?? this.now;
    const waiting = [...mark.writers].some((writer) => this.now.writers.has(writer));
    if (!waiting) this.passed = mark.id;
    this.ahead = waiting ? mark : mark === this.now ? undefined : this.now;
  }

  /** Looks at everything again: the net below the rope. */
  reset(): void {
    this.passed = 0n;
    this.ahead = undefined;
  }
}
