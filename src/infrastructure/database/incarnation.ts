import sql from 'sql-template-tag';

/**
 * Selects the identity of a database: the start of its server, the OIDs of the database and of its table, and the
 * highest id of the audit trail, from which nothing is ever deleted.
 */
export const INCARNATION = sql`SELECT concat_ws('/', extract(epoch FROM pg_postmaster_start_time()),
    (SELECT oid FROM pg_database WHERE datname = current_database()), to_regclass('audit_trail')::oid) AS identity,
  (SELECT max(id) FROM audit_trail)::text AS last`;

export interface DatabaseIncarnation {
  readonly identity: string;
  /** Highest id of the audit trail; null without entries. */
  readonly last: string | null;
}

/**
 * Detects that an older copy of the database was restored under the running product: then cached values may
 * contradict it, and ids mean other records.
 */
export class Incarnation {
  private last: DatabaseIncarnation | undefined;

  /** @returns true where `now` is not a later state of the database seen before */
  hasChanged(now: DatabaseIncarnation): boolean {
    const before = this.last;
    this.last = now;
    if (!before) return false;
    return before.identity !== now.identity || BigInt(now.last ?? 0) < BigInt(before.last ?? 0);
  }
}
