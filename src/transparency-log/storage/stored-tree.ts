import sql, { raw, type Sql } from 'sql-template-tag';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { iso } from '../../infrastructure/database/database.js';
import { CompactRange, subtreesOf, type TreeNode } from '../format/merkle.js';

/** A row of `audit_checkpoints`. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  readonly note: string;
}

const micros = (column: string) =>
  `to_char(a.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS ${column}`;

/** Selects the columns of `audit_trail a` that make an `EntryRow`. */
export const ENTRY_LEAF_COLUMNS: Sql =
  raw(`a.id, ${micros('occurred_at')}, a.actor_id, a.actor_name, a.actor_role, a.action, a.entity_type, a.entity_id, a.entity_version,
  a.entity_name, ${micros('entity_updated_at')}, a.changes, a.reason, a.request_id, a.server_request_id, a.session_id, a.ip_address, a.salt, a.openings`);

/** Selects, as text, the id of the entry that an `entry.redacted` redacted: ids beyond the range of records stand among its changes. */
export const redactedBy = (alias: string): Sql =>
  raw(`coalesce(${alias}.entity_id::text, ${alias}.changes->'entry'->>1)`);

/** Returns the newest checkpoint, or that of a size. */
export async function latestCheckpoint(query: QueryFn, size?: number): Promise<StoredCheckpoint | undefined> {
  const which = size === undefined ? sql`TRUE` : sql`tree_size = ${size}`;
  const [row] = await query<{ size: string; root: Buffer; note: string }>(
    sql`SELECT tree_size AS size, root_hash AS root, note FROM audit_checkpoints WHERE ${which}
      ORDER BY tree_size DESC LIMIT 1`,
  );
  return row && { ...row, size: Number(row.size) };
}

/**
 * Loads the right edge of the tree, to append to.
 *
 * @throws Error where the stored tree does not have the root that was signed last
 */
export async function loadCompactRange(query: QueryFn): Promise<CompactRange> {
  const checkpoint = await latestCheckpoint(query);
  if (!checkpoint) return new CompactRange();
  const range = new CompactRange(checkpoint.size, await nodeHashes(query, subtreesOf([0, checkpoint.size])));
  if (!range.root.equals(checkpoint.root)) {
    throw new Error(`The seals do not give the root of the checkpoint of ${checkpoint.size} entries: run audit:verify`);
  }
  return range;
}

/** Returns the hashes of complete subtrees, in the order of `nodes`. @throws Error where one is missing */
export async function nodeHashes(query: QueryFn, nodes: readonly TreeNode[]): Promise<Buffer[]> {
  const levels = nodes.map(({ level }) => level);
  const indexes = nodes.map(({ index }) => index);
  const rows = await query<{ hash: Buffer | null }>(sql`SELECT coalesce(s.leaf_hash, t.hash) AS hash
    FROM unnest(${levels}::smallint[], ${indexes}::bigint[]) WITH ORDINALITY AS n(level, index, place)
    LEFT JOIN audit_seals s ON n.level = 0 AND s.position = n.index
    LEFT JOIN audit_nodes t ON n.level > 0 AND t.level = n.level AND t.index = n.index ORDER BY n.place`);
  return rows.map(({ hash }, i) => {
    if (!hash) throw new Error(`The node ${levels[i]}/${indexes[i]} of the tree is missing: run audit:verify`);
    return hash;
  });
}

/** Appends leaves to the stored tree. @param range the tree before, which grows with it */
export async function appendLeaves(
  query: QueryFn,
  range: CompactRange,
  leaves: readonly { readonly entryId: string; readonly hash: Buffer }[],
): Promise<void> {
  const first = range.size;
  const nodes: (TreeNode & { hash: Buffer })[] = [];
  for (const leaf of leaves) range.append(leaf.hash, (node, hash) => nodes.push({ ...node, hash }));
  await query(sql`INSERT INTO audit_seals (position, entry_id, leaf_hash)
    SELECT ${first}::bigint + place - 1, entry_id, leaf_hash
    FROM unnest(${leaves.map(({ entryId }) => entryId)}::bigint[], ${leaves.map(({ hash }) => hash)}::bytea[])
      WITH ORDINALITY AS l(entry_id, leaf_hash, place)`);
  await query(sql`INSERT INTO audit_nodes (level, index, hash)
    SELECT * FROM unnest(${nodes.map(({ level }) => level)}::smallint[], ${nodes.map(({ index }) => index)}::bigint[],
      ${nodes.map(({ hash }) => hash)}::bytea[])`);
}

/** Returns the time of the database's clock, which also stamps entries. */
export async function databaseTime(query: QueryFn): Promise<string> {
  const [row] = await query<{ now: string }>(sql`SELECT ${iso(sql`clock_timestamp()`)} AS now`);
  return (row as { now: string }).now;
}
