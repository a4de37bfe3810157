import sql, { type Sql } from 'sql-template-tag';
import { ENTRY_LEAF_COLUMNS } from '../storage/stored-tree.js';

/** Exports the snapshot of the transaction, for other connections to read. */
export const EXPORTED_SNAPSHOT = sql`SELECT pg_export_snapshot() AS id`;

/** Selects the first position, and the size of the tree. */
export const SEALED_RANGE = sql`SELECT coalesce(min(position), 0) AS first, coalesce(max(position) + 1, 0) AS size
  FROM audit_seals`;

/**
 * Counts the entries that are not sealed, with the id of the first that had waited longer than the grace, in seconds. Ages are
 * those at the start of the transaction: verifying takes long, and what was sealed since then does not show in its snapshot.
 */
export const unsealedEntries = (grace: number): Sql => sql`SELECT count(*)::int AS n,
    min(a.id) FILTER (WHERE a.occurred_at < now() - make_interval(secs => ${grace})) AS late
  FROM audit_trail a WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.id)`;

/** Selects one entry as its leaf is computed from it. */
export const entryById = (id: string): Sql =>
  sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a WHERE a.id = ${id}::bigint`;
