import sql from 'sql-template-tag';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { entryLeafHash, leafContent, type EntryRow } from '../format/leaf.js';
import { IntegrityError, storedEntryLabel } from './integrity-error.js';
import { ENTRY_LEAF_COLUMNS } from './stored-tree.js';

const HASH_BYTES = 32;

/** What the entries at a span of positions come to, computed anew; small enough to be handed from thread to thread. */
export interface LeafRange {
  /** How many follow each other without a fault. */
  readonly count: number;
  /** Their leaves, one behind the other. */
  readonly hashes: Uint8Array;
  /** When they happened, in milliseconds. */
  readonly times: Float64Array;
  /** What is wrong with the next one. */
  readonly fault: string | undefined;
}

type SealRow = EntryRow & { readonly position: string; readonly entry_id: string; readonly leaf_hash: Buffer };

/** Reads the entries at positions `[begin, end)`, which are there according to the seals, and compares each with its seal. */
export async function readLeafRange(query: QueryFn, begin: number, end: number): Promise<LeafRange> {
  const rows = await query<SealRow>(sql`SELECT s.position, s.entry_id, s.leaf_hash, ${ENTRY_LEAF_COLUMNS}
    FROM audit_seals s LEFT JOIN audit_trail a ON a.id = s.entry_id
    WHERE s.position >= ${begin}::bigint AND s.position < ${end}::bigint ORDER BY s.position`);
  const hashes = new Uint8Array(rows.length * HASH_BYTES);
  const times = new Float64Array(rows.length);
  let count = 0;
  try {
    for (const row of rows) {
      hashes.set(checkedLeaf(row, begin + count), count * HASH_BYTES);
      times[count++] = Date.parse(row.occurred_at);
    }
    if (begin + count < end)
      throw new IntegrityError(`Nothing is sealed at position ${begin + count}: it was cut out.`);
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    return { count, hashes, times, fault: error.message };
  }
  return { count, hashes, times, fault: undefined };
}

/** The leaf at a place within a span. */
export function leafAt({ hashes }: LeafRange, place: number): Buffer {
  return Buffer.from(hashes.buffer, hashes.byteOffset + place * HASH_BYTES, HASH_BYTES);
}

function checkedLeaf(row: SealRow, expected: number): Buffer {
  const position = Number(row.position);
  if (position > expected) {
    throw new IntegrityError(`Nothing is sealed at position ${expected}: it was cut out before entry ${row.entry_id}.`);
  }
  if (row.id === null) throw new IntegrityError(`Entry ${row.entry_id}, sealed at position ${position}, is gone.`);
  const name = `${storedEntryLabel(row)} at position ${position}`;
  if (position < expected) throw new IntegrityError(`${name} is there twice.`);
  const leaf = leafOf(row, name);
  if (!leaf.equals(row.leaf_hash))
    throw new IntegrityError(`${name} is not as it was sealed: something in it was changed.`);
  return leaf;
}

function leafOf(row: SealRow, name: string): Buffer {
  try {
    return entryLeafHash(leafContent(row));
  } catch (error) {
    throw new IntegrityError(`${name} is not as it was sealed: ${(error as Error).message}.`);
  }
}
