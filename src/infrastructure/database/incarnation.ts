import sql from 'sql-template-tag';

/**
 * What tells one state of a database from another: the run of its server, the database and its tables as they were
 * created, and the highest id of the audit trail, of which nothing is ever deleted.
 */
export const INCARNATION = sql`SELECT concat_ws('/', extract(epoch FROM pg_postmaster_start_time()),
    (SELECT oid FROM pg_database WHERE datname = current_database()), to_regclass('audit_trail')::oid) AS identity,
  (SELECT max(id) FROM audit_trail)::text AS last`;

export interface Seen {
  readonly identity: string;
  /** Null where there are no entries. */
  readonly last: string | null;
}

/**
 * Detects that an older copy of the database was restored under the running product: then what is kept in memory may
 * contradict it, and ids mean other records.
 */
export class Incarnation {
  private seen: Seen | undefined;

  /** @returns whether this is not a later state of what was seen before */
  hasChanged(now: Seen): boolean {
    const before = this.seen;
    this.seen = now;
    if (!before) return false;
    return before.identity !== now.identity || BigInt(now.last ?? 0) < BigInt(before.last ?? 0);
  }
}
