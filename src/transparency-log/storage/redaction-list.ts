import sql, { raw, type Sql } from 'sql-template-tag';
import { z } from 'zod';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { entryLeafHash, leafContent, type EntryRow } from '../format/leaf.js';
import { leafPathOf } from '../bundle-verifier/redaction-checker.js';
import { ENTRY_LEAF_COLUMNS } from './stored-tree.js';

const LIST_FORMAT = 'ctms-redaction/1';

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const person = z.object({ id: z.int().positive(), name: z.string().min(1) });
const byPath = (digits: number) => z.record(z.string(), hex(digits));
const LINE = z.object({
  format: z.literal(LIST_FORMAT),
  /** Its id in the database that applied it. */
  redaction: z.int().positive(),
  /** Id of the entry, as text. */
  entry: z.string().regex(/^\d{1,19}$/),
  /** Leaf hash of the entry: the same before and after, and of no other entry. */
  leaf: hex(64),
  fields: z.array(z.string().min(1)).min(1),
  reason: z.string(),
  requested_by: person,
  requested_at: z.iso.datetime({ precision: 6 }),
  approved_by: person,
  approved_at: z.iso.datetime({ precision: 6 }),
  applied_at: z.iso.datetime({ precision: 6 }),
  /** Replaces the salt of the entry; covered by the approval's signature. */
  opened: z.object({ salts: byPath(32), commitments: byPath(64) }).nullable(),
  /** Signatures of a server of the installation; null for redactions older than signatures. */
  request_mac: hex(64).nullable(),
  approval_mac: hex(64).nullable(),
});

/** An applied redaction, as a line of the list that is kept outside. It contains none of the values. */
export type ListedRedaction = Readonly<z.infer<typeof LINE>>;

const micros = (column: string) => `to_char(r.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const COLUMNS = raw(`r.id AS redaction, r.entry_id::text AS entry, r.fields, r.reason,
  json_build_object('id', r.requested_by_id, 'name', r.requested_by) AS requested_by, ${micros('requested_at')} AS requested_at,
  json_build_object('id', r.decided_by_id, 'name', r.decided_by) AS approved_by, ${micros('decided_at')} AS approved_at,
  ${micros('applied_at')} AS applied_at, r.opened, encode(r.request_mac, 'hex') AS request_mac,
  encode(r.approval_mac, 'hex') AS approval_mac`);

/**
 * Returns applied redactions in the order of their application.
 *
 * @param condition on `redactions r`
 */
export async function listedRedactions(query: QueryFn, condition: Sql = sql`TRUE`): Promise<ListedRedaction[]> {
  const rows = await query<Omit<ListedRedaction, 'format' | 'leaf'>>(sql`SELECT ${COLUMNS} FROM redactions r
    WHERE r.applied_at IS NOT NULL AND ${condition} ORDER BY r.applied_at, r.id`);
  const listed: ListedRedaction[] = [];
  for (const row of rows) {
    const entry = await storedEntry(query, row.entry);
    // Entries are never deleted: a row without one is forged.
    if (entry) listed.push({ format: LIST_FORMAT, ...row, leaf: leafOf(entry) });
  }
  return listed;
}

/** Formats a redaction as one line of JSON. */
export const redactionLine = (listed: ListedRedaction): string => `${JSON.stringify(listed)}\n`;

/**
 * Parses one or several concatenated lists, in the order in which the redactions were applied.
 *
 * @param name of the file, for messages
 * @throws Error where a line is not a redaction
 */
export function parseRedactions(text: string, name: string): ListedRedaction[] {
  const found = new Map<string, ListedRedaction>();
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const listed = parseLine(line, `${name}, line ${i + 1}`);
    // A redaction that was repeated after a restore is listed twice.
    found.set(`${listed.leaf} ${[...listed.fields].sort().join('\n')}`, listed);
  }
  return [...found.values()].sort((a, b) => (a.applied_at < b.applied_at ? -1 : 1));
}

function parseLine(line: string, where: string): ListedRedaction {
  try {
    return LINE.parse(JSON.parse(line));
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const wrong = issue ? `${issue.path.join('.') || 'it'}: ${issue.message}` : (error as Error).message;
    throw new Error(`${where} is no line of a list of redactions: ${wrong}`, { cause: error });
  }
}

/** The state of a listed redaction in the database. */
export type StoredState =
  | { readonly kind: 'gone' }
  /** The restored copy lacks the entry; its id may belong to another one. */
  | { readonly kind: 'no entry' }
  | { readonly kind: 'back'; readonly entry: EntryRow; readonly fields: readonly string[] };

/** Compares a listed redaction with the stored entry: its values may be gone, back, or lost with the entry. */
export async function compareWithStored(
  query: QueryFn,
  { entry: id, leaf, fields }: ListedRedaction,
): Promise<StoredState> {
  const entry = await storedEntry(query, id);
  if (!entry || leafOf(entry) !== leaf) return { kind: 'no entry' };
  const back = fields.filter((field) => !(leafPathOf(field) in (entry.openings?.commitments ?? {})));
  return back.length > 0 ? { kind: 'back', entry, fields: back } : { kind: 'gone' };
}

async function storedEntry(query: QueryFn, id: string): Promise<EntryRow | undefined> {
  return (await query<EntryRow>(sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_trail a WHERE a.id = ${id}::bigint`))[0];
}

/** Returns an empty text for an entry without a leaf: it was changed, and so is not the redacted one. */
function leafOf(entry: EntryRow): string {
  try {
    return entryLeafHash(leafContent(entry)).toString('hex');
  } catch {
    return '';
  }
}
