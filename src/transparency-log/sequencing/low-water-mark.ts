import sql from 'sql-template-tag';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { INCARNATION, Incarnation, type DatabaseIncarnation } from '../../infrastructure/database/incarnation.js';

interface Observation {
  readonly id: bigint;
  /** The transactions that may still commit an entry with a smaller id. */
  readonly writers: ReadonlySet<string>;
}

/**
 * Low-water mark: no unsealed entry can appear at or below this id, so that polls begin after it. PostgreSQL assigns ids
 * before the commit: a smaller id may appear later, but only from a transaction that was writing to the trail when a larger
 * one was seen, and `pg_locks` shows such transactions until they end. The mark is kept in memory alone and is reset when the
 * database turns out to be another one, or an older copy.
 */
export class LowWaterMark {
  private readonly incarnation = new Incarnation();
  private mark = 0n;
  private pending: Observation | undefined;
  private latest: Observation = { id: 0n, writers: new Set() };

  /** The id after which polls begin. */
  get id(): string {
    return String(this.mark);
  }

  /** Reads the newest id and the current writers; call it before each poll. @returns whether there may be new entries */
  async observe(query: QueryFn): Promise<boolean> {
    // Two statements in this order: a transaction that got an id before the first and has not ended shows in the second.
    const [trail] = await query<DatabaseIncarnation & { sealed: boolean }>(sql`SELECT i.*,
      EXISTS (SELECT FROM audit_seals WHERE entry_id = ${this.id}::bigint) AS sealed FROM (${INCARNATION}) i`);
    if (trail && (this.incarnation.hasChanged(trail) || (this.mark > 0n && !trail.sealed))) this.reset();
    const locks = await query<{ writer: string }>(sql`SELECT DISTINCT virtualtransaction AS writer FROM pg_locks
      WHERE locktype = 'relation' AND relation = 'audit_trail'::regclass AND mode = 'RowExclusiveLock' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    this.latest = { id: BigInt(trail?.last ?? 0), writers: new Set(locks.map(({ writer }) => writer)) };
    return this.latest.id > this.mark;
  }

  /** Moves the mark once all entries of the last `observe` are sealed. */
  advance(): void {
    const mark = this.pending ?? this.latest;
    const waiting = [...mark.writers].some((writer) => this.latest.writers.has(writer));
    if (!waiting) this.mark = mark.id;
    this.pending = waiting ? mark : mark === this.latest ? undefined : this.latest;
  }

  /** Makes the next poll scan the whole trail. */
  reset(): void {
    this.mark = 0n;
    this.pending = undefined;
  }
}
