import sql, { raw } from 'sql-template-tag';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { IntegrityError, storedEntryLabel } from '../storage/integrity-error.js';
import { compareWithStored, type ListedRedaction } from '../storage/redaction-list.js';
import { ENTRY_LEAF_COLUMNS, redactedBy } from '../storage/stored-tree.js';
import { type EntryRow } from '../format/leaf.js';

/**
 * @param outside redactions of lists that were kept outside
 * @throws IntegrityError where a value was taken out of an entry and the trail does not say rightly that it was, or where one is back
 */
export async function checkRedactions(query: QueryFn, outside: readonly ListedRedaction[] = []): Promise<void> {
  await checkRemovals(query);
  await checkPeople(query);
  await checkDelays(query);
  await checkListed(query, outside);
}

/** Asserts that no listed redaction is undone, as by a restored backup from before it. */
async function checkListed(query: QueryFn, outside: readonly ListedRedaction[]): Promise<void> {
  const back: string[] = [];
  for (const listed of outside) {
    const state = await compareWithStored(query, listed);
    if (state.kind === 'back')
      back.push(
        `${state.fields.join(' and ')} of ${storedEntryLabel(state.entry)} (redaction ${listed.redaction} of ${listed.applied_at})`,
      );
  }
  if (back.length === 0) return;
  const named = back.slice(0, NAMED).join('; ') + (back.length > NAMED ? `; and ${back.length - NAMED} more` : '');
  throw new IntegrityError(`What was redacted is back: ${named}. Run redactions:repeat with the list.`);
}

const NAMED = 10;

/** Each value that is gone has an entry that says so. */
async function checkRemovals(query: QueryFn): Promise<void> {
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
/** The entry `q` of the request that the removal `a` names. */
const REQUEST = raw(`q.action = 'redaction.requested' AND q.entity_type = 'redaction' AND q.id < a.id
  AND q.entity_id::text = a.changes->'redaction'->>1 AND q.actor_name = a.changes->'requested_by'->>1
  AND q.changes->'fields'->1 = a.changes->'fields'->1
  AND q.changes->'entry'->>1 = coalesce(a.entity_id::text, a.changes->'entry'->>1)`);

/** The entry `q` by which the removal `a` was repeated from a list, with the names of those who had decided on it. */
const REPEATED =
  raw(`q.action = 'redaction.repeated' AND q.entity_type = 'redaction' AND q.actor_role = 'system' AND q.id < a.id
  AND q.entity_id::text = a.changes->'redaction'->>1 AND q.changes->'requested_by'->1 = a.changes->'requested_by'->1
  AND q.changes->'approved_by'->1 = a.changes->'approved_by'->1 AND q.changes->'fields'->1 = a.changes->'fields'->1
  AND q.changes->'entry'->>1 = coalesce(a.entity_id::text, a.changes->'entry'->>1)`);

/** Each removal was asked for by one and approved by another, and the trail has both before it; or says that it was repeated. */
async function checkPeople(query: QueryFn): Promise<void> {
  const [row] =
    await query<EntryRow>(sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a WHERE ${REMOVAL} AND NOT EXISTS (
      SELECT FROM audit_trail q JOIN audit_trail p ON p.action = 'redaction.approved' AND p.entity_type = 'redaction'
        AND p.entity_id = q.entity_id AND p.id BETWEEN q.id AND a.id AND p.actor_id <> q.actor_id
        AND p.actor_name = coalesce(a.changes->'approved_by'->>1, a.actor_name)
      WHERE ${REQUEST}) AND NOT EXISTS (SELECT FROM audit_trail q WHERE ${REPEATED})
    ORDER BY a.id LIMIT 1`);
  if (row) throw new IntegrityError(`No two entries say who asked for ${storedEntryLabel(row)} and who approved it.`);
}

/** Each request had been under a checkpoint for as long as the database asked for then. */
async function checkDelays(query: QueryFn): Promise<void> {
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
