import sql from 'sql-template-tag';
import { type Ask } from '../../core/persistence/prepared-statements.js';
import { leafHash, sealedEntry, type EntryRow } from '../format/leaf.js';
import { AuditFault, nameOfEntry } from './audit-fault.js';
import { ENTRY_COLUMNS } from './stored-tree.js';

const HASH_BYTES = 32;

/** What the entries at a span of positions come to, computed anew; small enough to be handed from thread to thread. */
export interface LeafSpan {
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
export async function readSpan(ask: Ask, begin: number, end: number): Promise<LeafSpan> {
  const rows = await ask<SealRow>(sql`SELECT s.position, s.entry_id, s.leaf_hash, ${ENTRY_COLUMNS}
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
    if (begin + count < end) throw new AuditFault(`Nothing is sealed at position ${begin + count}: it was cut out.`);
  } catch (error) {
    if (!(error instanceof AuditFault)) throw error;
    return { count, hashes, times, fault: error.message };
  }
  return { count, hashes, times, fault: undefined };
}

/** The leaf at a place within a span. */
export function leafAt({ hashes }: LeafSpan, place: number): Buffer {
  return Buffer.from(hashes.buffer, hashes.byteOffset + place * HASH_BYTES, HASH_BYTES);
}

function checkedLeaf(row: SealRow, expected: number): Buffer {
  const position = Number(row.position);
  if (position > expected) {
    throw new AuditFault(`Nothing is sealed at position ${expected}: it was cut out before entry ${row.entry_id}.`);
  }
  if (row.id === null) throw new AuditFault(`Entry ${row.entry_id}, sealed at position ${position}, is gone.`);
  const name = `${nameOfEntry(row)} at position ${position}`;
  if (position < expected) throw new AuditFault(`${name} is there twice.`);
  const leaf = leafOf(row, name);
  if (!leaf.equals(row.leaf_hash))
    throw new AuditFault(`${name} is not as it was sealed: something in it was changed.`);
  return leaf;
}

function leafOf(row: SealRow, name: string): Buffer {
  try {
    return leafHash(sealedEntry(row));
  } catch (error) {
    throw new AuditFault(`${name} is not as it was sealed: ${(error as Error).message}.`);
  }
}
