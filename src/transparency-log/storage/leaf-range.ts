import sql from 'sql-template-tag';
import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { entryLeafHash, leafContent, type EntryRow } from '../format/leaf.js';
import { IntegrityError, storedEntryLabel } from './integrity-error.js';
import { ENTRY_LEAF_COLUMNS } from './stored-tree.js';

const HASH_BYTES = 32;

/** Leaf hashes recomputed from the entries of a range of positions; transferable between threads. */
export interface LeafRange {
  /** Number of leaves before the first defect. */
  readonly count: number;
  /** Leaf hashes of 32 bytes, concatenated. */
  readonly hashes: Uint8Array;
  /** `occurred_at` of the entries, in milliseconds. */
  readonly times: Float64Array;
  /** The defect of the next leaf; undefined where there is none. */
  readonly defect: string | undefined;
}

type SealRow = EntryRow & { readonly position: string; readonly entry_id: string; readonly leaf_hash: Buffer };

/** Reads the entries at positions `[begin, end)` and compares each with its stored leaf hash. */
export async function readLeafRange(query: QueryFn, begin: number, end: number): Promise<LeafRange> {
  const rows = await query<SealRow>(sql`SELECT s.position, s.entry_id, s.leaf_hash, ${ENTRY_LEAF_COLUMNS}
    FROM audit_seals s LEFT JOIN audit_trail a ON a.id = s.entry_id
    WHERE s.position >= ${begin}::bigint AND s.position < ${end}::bigint ORDER BY s.position`);
  const hashes = new Uint8Array(rows.length * HASH_BYTES);
  const times = new Float64Array(rows.length);
  let count = 0;
  try {
    for (const row of rows) {
      hashes.set(leafHashOrThrow(row, begin + count), count * HASH_BYTES);
      times[count++] = Date.parse(row.occurred_at);
    }
    if (begin + count < end)
      throw new IntegrityError(`Nothing is sealed at position ${begin + count}: it was cut out.`);
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    return { count, hashes, times, defect: error.message };
  }
  return { count, hashes, times, defect: undefined };
}

/** Returns the leaf hash at an index within a range. */
export function leafAt({ hashes }: LeafRange, index: number): Buffer {
  return Buffer.from(hashes.buffer, hashes.byteOffset + index * HASH_BYTES, HASH_BYTES);
}

function leafHashOrThrow(row: SealRow, expected: number): Buffer {
  const position = Number(row.position);
  if (position > expected) {
    throw new IntegrityError(`Nothing is sealed at position ${expected}: it was cut out before entry ${row.entry_id}.`);
  }
  if (row.id === null) throw new IntegrityError(`Entry ${row.entry_id}, sealed at position ${position}, is gone.`);
  const name = `${storedEntryLabel(row)} at position ${position}`;
  if (position < expected) throw new IntegrityError(`${name} is there twice.`);
  const leaf = recomputedLeafHash(row, name);
  if (!leaf.equals(row.leaf_hash))
    throw new IntegrityError(`${name} is not as it was sealed: something in it was changed.`);
  return leaf;
}

function recomputedLeafHash(row: SealRow, name: string): Buffer {
  try {
    return entryLeafHash(leafContent(row));
  } catch (error) {
    throw new IntegrityError(`${name} is not as it was sealed: ${(error as Error).message}.`);
  }
}
