import sql from 'sql-template-tag';
import { iso } from '../../infrastructure/database/database.js';
import { IntegrityError } from '../storage/integrity-error.js';
import { type ReadSnapshot } from '../storage/read-snapshot.js';
import { parseCheckpoint, type SignedCheckpoint } from '../format/checkpoint.js';
import { type StoredKeyHistory } from './stored-key-history.js';

/** A checkpoint to compare the rebuilt tree with once it has grown to its size. */
export interface CheckpointRecord extends SignedCheckpoint {
  /** Names it in messages. */
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
 * Streams stored and exported checkpoints, smallest first, after verifying their signatures.
 *
 * @throws IntegrityError at the first that the key of its time did not sign
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
      yield storedRecord(row, keys);
      [row] = await rows.take(1);
    } else {
      yield exportedRecord(outside.shift() as SignedCheckpoint, keys);
    }
  }
}

function storedRecord(row: CheckpointRow, keys: StoredKeyHistory): CheckpointRecord {
  const name = `the checkpoint of ${row.tree_size} entries of ${row.time}`;
  const signed = parseNoteOrThrow(row.note, name);
  const key = keys.signerOrThrow(signed, name);
  const { size, root, time } = signed.checkpoint;
  const matches = String(size) === row.tree_size && root.equals(row.root_hash) && time === row.time;
  if (!matches || key.id !== row.key_id) throw new IntegrityError(`The columns of ${name} are not what its note says.`);
  return { ...signed, name, kind: 'stored' };
}

function exportedRecord(signed: SignedCheckpoint, keys: StoredKeyHistory): CheckpointRecord {
  const { size, time } = signed.checkpoint;
  const name = `the checkpoint of ${size} entries of ${time} that had left the host`;
  keys.signerOrThrow(signed, name);
  return { ...signed, name, kind: 'exported' };
}

function parseNoteOrThrow(note: string, name: string): SignedCheckpoint {
  try {
    return parseCheckpoint(note);
  } catch {
    throw new IntegrityError(`The note of ${name} cannot be read.`);
  }
}
