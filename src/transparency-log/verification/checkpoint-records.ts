import sql from 'sql-template-tag';
import { iso } from '../../infrastructure/database/database.js';
import { IntegrityError } from '../storage/integrity-error.js';
import { type ReadSnapshot } from '../storage/read-snapshot.js';
import { parseCheckpoint, type SignedCheckpoint } from '../format/checkpoint.js';
import { type StoredKeyHistory } from './stored-key-history.js';

/** A checkpoint to compare the tree with when it has grown to its size. */
export interface CheckpointRecord extends SignedCheckpoint {
  /** How a sentence names it. */
  readonly name: string;
  readonly kind: 'stored' | 'exported';
}

interface CheckpointRow {
  readonly tree_size: string;
  readonly root_hash: Buffer;
  readonly note: string;
  readonly key_id: string;
  readonly time: string;
}

const CHECKPOINTS = sql`SELECT tree_size, root_hash, note, key_id, ${iso(sql`created_at`)} AS time
  FROM audit_checkpoints ORDER BY tree_size`;

/**
 * The checkpoints that are stored and those that had left the host, smallest first, their signatures checked.
 *
 * @throws IntegrityError at the first that is not as the key of its time signed it
 */
export async function* checkpointRecordsOf(
  snapshot: ReadSnapshot,
  keys: StoredKeyHistory,
  exported: readonly SignedCheckpoint[],
): AsyncGenerator<CheckpointRecord> {
  const rows = await snapshot.rows<CheckpointRow>(CHECKPOINTS);
  const outside = exported.toSorted((a, b) => a.checkpoint.size - b.checkpoint.size);
  let [row] = await rows.take(1);
  while (row || outside.length > 0) {
    const size = outside[0]?.checkpoint.size ?? Infinity;
    if (row && Number(row.tree_size) <= size) {
      yield stored(row, keys);
      [row] = await rows.take(1);
    } else {
      yield fromOutside(outside.shift() as SignedCheckpoint, keys);
    }
  }
}

function stored(row: CheckpointRow, keys: StoredKeyHistory): CheckpointRecord {
  const name = `the checkpoint of ${row.tree_size} entries of ${row.time}`;
  const signed = readNote(row.note, name);
  const key = keys.check(signed, name);
  const { size, root, time } = signed.checkpoint;
  const same = String(size) === row.tree_size && root.equals(row.root_hash) && time === row.time;
  if (!same || key.id !== row.key_id) throw new IntegrityError(`The columns of ${name} are not what its note says.`);
  return { ...signed, name, kind: 'stored' };
}

function fromOutside(signed: SignedCheckpoint, keys: StoredKeyHistory): CheckpointRecord {
  const { size, time } = signed.checkpoint;
  const name = `the checkpoint of ${size} entries of ${time} that had left the host`;
  keys.check(signed, name);
  return { ...signed, name, kind: 'exported' };
}

function readNote(note: string, name: string): SignedCheckpoint {
  try {
    return parseCheckpoint(note);
  } catch {
    throw new IntegrityError(`The note of ${name} cannot be read.`);
  }
}
