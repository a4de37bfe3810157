import sql, { raw } from 'sql-template-tag';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { IntegrityError, storedEntryLabel } from '../storage/integrity-error.js';
import { compareWithStored, type ListedRedaction } from '../storage/redaction-list.js';
import { ENTRY_LEAF_COLUMNS, redactedBy } from '../storage/stored-tree.js';
import { type EntryRow } from '../format/leaf.js';

/**
 * Verifies that the trail accounts for every removed value.
 *
 * @param outside redactions of lists kept outside of the host
 * @throws IntegrityError where a removal is not audited as the rules demand, or where a removed value is back
 */
export async function assertRedactionsConsistent(
  query: QueryFn,
  outside: readonly ListedRedaction[] = [],
): Promise<void> {
  await assertRemovalsAudited(query);
  await assertTwoPeople(query);
  await assertDelaysKept(query);
  await assertListedApplied(query, outside);
}

/** Asserts that no listed redaction was undone, as by the restore of an older backup. */
async function assertListedApplied(query: QueryFn, outside: readonly ListedRedaction[]): Promise<void> {
  const back: string[] = [];
  for (const listed of outside) {
    const state = await compareWithStored(query, listed);
    if (state.kind === 'back')
      back.push(
        `${state.fields.join(' and ')} of ${storedEntryLabel(state.entry)} (redaction ${listed.redaction} of ${listed.applied_at})`,
      );
  }
  if (back.length === 0) return;
  const named =
    back.slice(0, MAX_LISTED).join('; ') + (back.length > MAX_LISTED ? `; and ${back.length - MAX_LISTED} more` : '');
  throw new IntegrityError(`What was redacted is back: ${named}. Run redactions:repeat with the list.`);
}

const MAX_LISTED = 10;

/** Asserts that an entry audits each removed value. */
async function assertRemovalsAudited(query: QueryFn): Promise<void> {
  const field = sql`regexp_replace(regexp_replace(path, '^changes\\.(.*)\\.0$', '\\1.before'),
    '^changes\\.(.*)\\.1$', '\\1.after')`;
  const [row] = await query<EntryRow & { field: string }>(sql`SELECT ${ENTRY_LEAF_COLUMNS}, ${field} AS field
    FROM audit_trail a, jsonb_object_keys(a.openings->'commitments') path
    WHERE a.openings IS NOT NULL AND NOT EXISTS (SELECT FROM audit_trail r
      WHERE r.action = 'entry.redacted' AND r.entity_type = 'entry' AND ${redactedBy('r')} = a.id::text
        AND r.changes->'fields'->1 ? ${field})
    ORDER BY a.id LIMIT 1`);
  if (row)
    throw new IntegrityError(`${row.field} is gone from ${storedEntryLabel(row)}, and no entry says who redacted it.`);
}

const REMOVAL = raw(`a.action = 'entry.redacted' AND a.entity_type = 'entry'`);
/** Matches the entry `q` of the request that the removal `a` names. */
const REQUEST = raw(`q.action = 'redaction.requested' AND q.entity_type = 'redaction' AND q.id < a.id
  AND q.entity_id::text = a.changes->'redaction'->>1 AND q.actor_name = a.changes->'requested_by'->>1
  AND q.changes->'fields'->1 = a.changes->'fields'->1
  AND q.changes->'entry'->>1 = coalesce(a.entity_id::text, a.changes->'entry'->>1)`);

/** Matches the entry `q` by which the removal `a` was repeated from a list, with the names of requester and approver. */
const REPEATED =
  raw(`q.action = 'redaction.repeated' AND q.entity_type = 'redaction' AND q.actor_role = 'system' AND q.id < a.id
  AND q.entity_id::text = a.changes->'redaction'->>1 AND q.changes->'requested_by'->1 = a.changes->'requested_by'->1
  AND q.changes->'approved_by'->1 = a.changes->'approved_by'->1 AND q.changes->'fields'->1 = a.changes->'fields'->1
  AND q.changes->'entry'->>1 = coalesce(a.entity_id::text, a.changes->'entry'->>1)`);

/** Asserts that earlier entries show two users who requested and approved each removal, or that it was repeated from a list. */
async function assertTwoPeople(query: QueryFn): Promise<void> {
  const [row] =
    await query<EntryRow>(sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a WHERE ${REMOVAL} AND NOT EXISTS (
      SELECT FROM audit_trail q JOIN audit_trail p ON p.action = 'redaction.approved' AND p.entity_type = 'redaction'
        AND p.entity_id = q.entity_id AND p.id BETWEEN q.id AND a.id AND p.actor_id <> q.actor_id
        AND p.actor_name = coalesce(a.changes->'approved_by'->>1, a.actor_name)
      WHERE ${REQUEST}) AND NOT EXISTS (SELECT FROM audit_trail q WHERE ${REPEATED})
    ORDER BY a.id LIMIT 1`);
  if (row) throw new IntegrityError(`No two entries say who asked for ${storedEntryLabel(row)} and who approved it.`);
}

/** Asserts that each request had been under a checkpoint for the delay that the database demanded at the time. */
async function assertDelaysKept(query: QueryFn): Promise<void> {
  const [row] = await query<EntryRow & { delay: string }>(sql`SELECT ${ENTRY_LEAF_COLUMNS}, d.delay::text AS delay
    FROM audit_trail a, LATERAL (SELECT delay FROM redaction_delays WHERE since <= a.occurred_at
      ORDER BY id DESC LIMIT 1) d
    WHERE ${REMOVAL} AND d.delay > interval '0' AND NOT EXISTS (
      SELECT FROM audit_trail q JOIN audit_seals s ON s.entry_id = q.id
      JOIN LATERAL (SELECT created_at FROM audit_checkpoints WHERE tree_size > s.position ORDER BY tree_size LIMIT 1) c ON TRUE
      WHERE (${REQUEST} OR ${REPEATED}) AND c.created_at <= a.occurred_at - d.delay)
    ORDER BY a.id LIMIT 1`);
  if (row)
    throw new IntegrityError(
      `${storedEntryLabel(row)} came before its request had been sealed for ${row.delay} (hours:minutes:seconds).`,
    );
}
