import sql, { join, type Sql } from 'sql-template-tag';
import { ENTRY_POLICY_COLUMNS as POLICY_COLUMNS, type AuditEntryAttributes } from '../audit.policy.js';
import { REDACTED_FIELDS } from '../audit.queries.js';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { inScope, type Scope } from '../../core/authorization/policy.js';
import { iso } from '../../infrastructure/database/database.js';
import { type ReadSnapshot, type SnapshotRows } from '../../transparency-log/storage/read-snapshot.js';
import { ENTRY_LEAF_COLUMNS, redactedBy } from '../../transparency-log/storage/stored-tree.js';
import { type EntryRow } from '../../transparency-log/format/leaf.js';
import { type BundleQuery, type Redacted } from '../../transparency-log/bundle-verifier/bundle.js';
import { REDACTED_ACTION } from '../../transparency-log/bundle-verifier/redaction-checker.js';

/** An entry with its position in the tree and its redacted fields. */
export type ProvableRow = EntryRow & { readonly position: string; readonly redacted: readonly Redacted[] };

/** The position of an export in the tree, and the first checkpoint that covers it. */
export interface SealedExport {
  readonly position: number;
  readonly size: number;
  readonly note: string;
}

interface KeyRow {
  readonly key_id: string;
  readonly origin: string;
  readonly public_key: string;
  readonly first_size: string;
  readonly introduced_at: string;
}

const SEALED_ENTRIES = sql`audit_seals s JOIN audit_trail a ON a.id = s.entry_id`;
const COLUMNS = sql`s.position, ${ENTRY_LEAF_COLUMNS}, ${REDACTED_FIELDS} AS redacted`;
/** How many of the latest checkpoints a bundle has, published and of earlier bundles, besides the last of each day. */
const LATEST_PUBLISHED = 100;
const LATEST_BUNDLES = 1000;

/** Ends the transaction where the client reads nothing for 10 minutes, to get its connection back. */
export async function limitIdleTime(query: QueryFn): Promise<void> {
  await query(sql`SET LOCAL idle_in_transaction_session_timeout = '10min'`);
}

/** Returns undefined until the export is sealed. @param bundle id of the export */
export async function findSealedExport(query: QueryFn, bundle: string): Promise<SealedExport | undefined> {
  const [row] = await query<{ position: string; size: string; note: string }>(sql`
    SELECT s.position, c.tree_size AS size, c.note
    FROM (SELECT id FROM audit_trail WHERE action = 'audit.exported' AND changes->'bundle'->>1 = ${bundle}
      ORDER BY id DESC LIMIT 1) a
    JOIN audit_seals s ON s.entry_id = a.id
    JOIN LATERAL (SELECT tree_size, note FROM audit_checkpoints WHERE tree_size > s.position
      ORDER BY tree_size LIMIT 1) c ON TRUE`);
  return row && { ...row, position: Number(row.position), size: Number(row.size) };
}

export async function provableEntryAt(query: QueryFn, position: number): Promise<ProvableRow> {
  const [row] = await query<ProvableRow>(sql`SELECT ${COLUMNS} FROM ${SEALED_ENTRIES} WHERE s.position = ${position}`);
  return row as ProvableRow;
}

export function keyRows(query: QueryFn): Promise<KeyRow[]> {
  return query<KeyRow>(sql`SELECT key_id, origin, public_key, first_size, ${iso(sql`introduced_at`)} AS introduced_at
    FROM audit_keys ORDER BY id`);
}

/**
 * Returns the checkpoints below a size that left the host, published or in earlier bundles, smallest first: the latest, and the
 * last of each day, since a bundle must not grow with the number of those before it.
 */
export function earlierCheckpoints(
  query: QueryFn,
  size: number,
  latestBundles = LATEST_BUNDLES,
): Promise<{ size: string; note: string }[]> {
  return query<{ size: string; note: string }>(sql`
    WITH exports AS (
      SELECT s.position, row_number() OVER (ORDER BY s.position DESC) AS nth,
        row_number() OVER (PARTITION BY a.occurred_at::date ORDER BY s.position DESC) AS nth_of_day
      FROM audit_trail a JOIN audit_seals s ON s.entry_id = a.id
      WHERE a.action = 'audit.exported' AND a.changes ? 'bundle' AND s.position < ${size}
    ), bundles AS (
      SELECT (SELECT min(tree_size) FROM audit_checkpoints WHERE tree_size > e.position) AS tree_size
      FROM exports e WHERE nth <= ${latestBundles} OR nth_of_day = 1
    ), days AS (SELECT max(tree_size) AS tree_size FROM audit_departures GROUP BY left_at::date),
    last AS (SELECT tree_size FROM audit_departures ORDER BY tree_size DESC LIMIT ${LATEST_PUBLISHED})
    SELECT c.tree_size AS size, c.note FROM audit_checkpoints c
    JOIN (TABLE bundles UNION TABLE days UNION TABLE last) o USING (tree_size)
    WHERE c.tree_size < ${size} ORDER BY c.tree_size`);
}

/** Checks whether a redaction is newer than the checkpoint of a size. */
export async function isRedactedSince(query: QueryFn, size: number): Promise<boolean> {
  const rows = await query(sql`SELECT FROM audit_trail a LEFT JOIN audit_seals s ON s.entry_id = a.id
    WHERE a.action = ${REDACTED_ACTION} AND (s.position IS NULL OR s.position >= ${size}) LIMIT 1`);
  return rows.length > 0;
}

/**
 * Reads the requested entries in the order of the tree, from one snapshot, with the entries that audit redactions of them.
 */
export async function provableRows(
  snapshot: ReadSnapshot,
  scope: Scope<AuditEntryAttributes>,
  asked: BundleQuery,
  size: number,
  batch: number,
): Promise<SnapshotRows<ProvableRow>> {
  const where =
    asked.entity.length > 0 ? selectionWhere(asked, size) : await extentCondition(snapshot.query, asked, size);
  const places = sql`SELECT s.position FROM ${SEALED_ENTRIES} WHERE ${where}
    UNION SELECT s.position FROM ${SEALED_ENTRIES}
    WHERE a.action = ${REDACTED_ACTION} AND s.position < ${size} AND ${redactedBy('a')} IN (
      SELECT a.id::text FROM ${SEALED_ENTRIES} WHERE a.openings IS NOT NULL AND ${where})`;
  const wanted = isWhole(asked) ? sql`s.position < ${size}` : sql`s.position IN (${places})`;
  const rows = sql`SELECT ${COLUMNS} FROM ${SEALED_ENTRIES}
    WHERE ${wanted} AND ${inScope(scope, POLICY_COLUMNS)} ORDER BY s.position`;
  return snapshot.rows<ProvableRow>(rows, batch);
}

const isWhole = ({ from, to, entity }: BundleQuery): boolean => from === null && to === null && entity.length === 0;

function selectionWhere({ from, to, entity }: BundleQuery, size: number): Sql {
  const records = entity.map((record) => {
    const [type, id] = record.split(':');
    // Ids of ten digits may be larger than those of records, which then match nothing.
    return sql`(${type}::text, ${id}::bigint)`;
  });
  return sql`s.position < ${size} AND (a.entity_type, a.entity_id) IN (${join(records)}) AND ${timeCondition(from, to)}`;
}

/**
 * Selects every position from the first entry at or after `from` to the last one before `to`. Positions follow commits and
 * not clocks, so an entry in between may have a time outside; without it, a gap would look like a suppressed entry.
 */
async function extentCondition(query: QueryFn, { from, to }: BundleQuery, size: number): Promise<Sql> {
  const [row] = await query<{ first: string | null; last: string | null }>(sql`SELECT
    (SELECT min(s.position) FROM ${SEALED_ENTRIES} WHERE a.occurred_at >= ${from}::timestamptz) AS first,
    (SELECT max(s.position) FROM ${SEALED_ENTRIES} WHERE a.occurred_at < ${to}::timestamptz) AS last`);
  const first = from === null ? 0 : (row?.first ?? size);
  const last = to === null ? size - 1 : (row?.last ?? -1);
  return sql`s.position < ${size} AND s.position BETWEEN ${first}::bigint AND ${last}::bigint`;
}

function timeCondition(from: string | null, to: string | null): Sql {
  return sql`a.occurred_at >= ${from ?? '-infinity'}::timestamptz AND a.occurred_at < ${to ?? 'infinity'}::timestamptz`;
}
