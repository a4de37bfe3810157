import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Database, iso } from '../database/database.js';
import { AuditFault, nameOfEntry } from './audit-fault.js';
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.js';
import { KeyHistory } from './key-history.js';
import { type EntryRow } from './leaf.js';
import { SealingKey } from './sealing-key.js';
import { inSnapshot, type Snapshot, type SnapshotRows } from './snapshot.js';
import { ENTRY_COLUMNS } from './stored-tree.js';
import { TreeCheck, type SealedRow, type StoredNode } from './tree-check.js';

const BATCH = 2000;

export interface VerificationOptions {
  /** An entry may be so old before it counts as not sealed, or as sealed out of its time. Seconds. */
  readonly grace: number;
  /** Checkpoints that had left the host. */
  readonly exported?: readonly SignedCheckpoint[];
}

/** What was found to be right. */
export interface Verified {
  readonly entries: number;
  /** In hex. */
  readonly root: string;
  readonly checkpoints: number;
  /** Of the last checkpoint. */
  readonly time: string | undefined;
  readonly keyId: string | undefined;
  /** Entries that are younger than the grace and not sealed yet. */
  readonly waiting: number;
}

interface CheckpointRow {
  readonly tree_size: string;
  readonly root_hash: Buffer;
  readonly note: string;
  readonly key_id: string;
  readonly time: string;
}

/** A checkpoint to compare the tree with when it has grown to its size. */
interface Mark extends SignedCheckpoint {
  /** How a sentence names it. */
  readonly name: string;
  readonly kind: 'stored' | 'exported';
}

/** Checks the audit trail of the database whole: every entry, the tree over them, its checkpoints and their keys. */
@Injectable()
export class AuditVerification {
  constructor(
    private readonly database: Database,
    private readonly key: SealingKey,
  ) {}

  /** @throws AuditFault that names the first thing that is wrong */
  verify({ grace, exported = [] }: VerificationOptions): Promise<Verified> {
    return inSnapshot(this.database.pool, async (snapshot) => {
      const keys = await KeyHistory.read(snapshot.ask);
      const found = await new Verification(snapshot, keys, grace * 1000, exported).run();
      this.checkKey(keys);
      return { ...found, keyId: keys.newest?.id, waiting: await unsealed(snapshot, grace) };
    });
  }

  private checkKey({ newest }: KeyHistory): void {
    if (!newest || newest.id === this.key.signer.id) return;
    throw new AuditFault(
      `The audit trail was last signed by the key ${newest.id}, which is not the one that is configured here ` +
        `(${this.key.signer.id}).`,
    );
  }
}

const SEALS = sql`SELECT s.position, s.entry_id, s.leaf_hash, ${ENTRY_COLUMNS}
  FROM audit_seals s LEFT JOIN audit_trail a ON a.id = s.entry_id ORDER BY s.position`;
/** In the order in which a growing tree completes them. */
const NODES = sql`SELECT level, index, hash FROM audit_nodes ORDER BY (index + 1) << level::int, level`;
const CHECKPOINTS = sql`SELECT tree_size, root_hash, note, key_id, ${iso(sql`created_at`)} AS time
  FROM audit_checkpoints ORDER BY tree_size`;

/** One pass over seals, nodes and checkpoints, side by side. */
class Verification {
  private readonly tree: TreeCheck;
  private readonly exported: SignedCheckpoint[];
  private checkpoints = 0;
  /** Up to these sizes, what is stored and what had left the host agree with the entries. */
  private readonly agreed = { stored: 0, exported: 0 };
  private last: Mark | undefined;

  constructor(
    private readonly snapshot: Snapshot,
    private readonly keys: KeyHistory,
    graceMs: number,
    exported: readonly SignedCheckpoint[],
  ) {
    this.tree = new TreeCheck(graceMs);
    this.exported = exported.toSorted((a, b) => a.checkpoint.size - b.checkpoint.size);
  }

  async run(): Promise<Omit<Verified, 'keyId' | 'waiting'>> {
    const seals = await this.snapshot.rows<SealedRow>(SEALS);
    const nodes = await this.snapshot.rows<StoredNode>(NODES);
    for await (const mark of this.marks()) {
      await this.growTo(mark.checkpoint.size, seals, nodes);
      this.compare(mark);
    }
    const [seal] = await seals.take(1);
    if (seal) throw new AuditFault(`No checkpoint vouches for position ${seal.position} (entry ${seal.entry_id}).`);
    const [node] = await nodes.take(1);
    if (node) throw new AuditFault(`The node ${node.level}/${node.index} is stored for entries that are not there.`);
    const { size, root } = this.tree.range;
    return {
      entries: size,
      root: root.toString('hex'),
      checkpoints: this.checkpoints,
      time: this.last?.checkpoint.time,
    };
  }

  private async growTo(size: number, seals: SnapshotRows<SealedRow>, nodes: SnapshotRows<StoredNode>): Promise<void> {
    const { range } = this.tree;
    while (range.size < size) {
      const rows = await seals.take(Math.min(BATCH, size - range.size));
      if (rows.length === 0) return;
      this.tree.add(rows);
      this.tree.compareNodes(await nodes.take(this.tree.expectedNodes));
    }
  }

  /** Those that are stored and those that had left the host, smallest first. */
  private async *marks(): AsyncGenerator<Mark> {
    const rows = await this.snapshot.rows<CheckpointRow>(CHECKPOINTS);
    const outside = [...this.exported];
    let [row] = await rows.take(1);
    while (row || outside.length > 0) {
      const size = outside[0]?.checkpoint.size ?? Infinity;
      if (row && Number(row.tree_size) <= size) {
        yield this.stored(row);
        [row] = await rows.take(1);
      } else {
        yield this.fromOutside(outside.shift() as SignedCheckpoint);
      }
    }
  }

  private stored(row: CheckpointRow): Mark {
    const name = `the checkpoint of ${row.tree_size} entries of ${row.time}`;
    const signed = readNote(row.note, name);
    const key = this.keys.check(signed, name);
    const { size, root, time } = signed.checkpoint;
    const same = String(size) === row.tree_size && root.equals(row.root_hash) && time === row.time;
    if (!same || key.id !== row.key_id) throw new AuditFault(`The columns of ${name} are not what its note says.`);
    this.checkpoints++;
    return { ...signed, name, kind: 'stored' };
  }

  private fromOutside(signed: SignedCheckpoint): Mark {
    const { size, time } = signed.checkpoint;
    const name = `the checkpoint of ${size} entries of ${time} that had left the host`;
    this.keys.check(signed, name);
    return { ...signed, name, kind: 'exported' };
  }

  private compare(mark: Mark): void {
    const { checkpoint, name, kind } = mark;
    const { size, root } = this.tree.range;
    if (size < checkpoint.size) {
      throw new AuditFault(`Nothing is sealed at position ${size}: the tail is missing, since there was ${name}.`);
    }
    if (!root.equals(checkpoint.root)) {
      throw new AuditFault(
        `The entries from position ${this.agreed[kind]} on, before ${size}, are not those of ${name}: some were ` +
          'exchanged, taken out or put in.',
      );
    }
    this.agreed[kind] = size;
    if (kind === 'stored') this.last = mark;
    this.tree.checkTimesBefore(checkpoint.time);
  }
}

function readNote(note: string, name: string): SignedCheckpoint {
  try {
    return parseCheckpoint(note);
  } catch {
    throw new AuditFault(`The note of ${name} cannot be read.`);
  }
}

/** @throws AuditFault at an entry that should be sealed long since. @returns how many will be soon */
async function unsealed({ ask }: Snapshot, grace: number): Promise<number> {
  const missing = sql`FROM audit_trail a WHERE NOT EXISTS (SELECT FROM audit_seals s WHERE s.entry_id = a.id)`;
  const late = sql`a.occurred_at < clock_timestamp() - make_interval(secs => ${grace})`;
  const [entry] = await ask<EntryRow>(sql`SELECT ${ENTRY_COLUMNS} ${missing} AND ${late} ORDER BY a.id LIMIT 1`);
  if (entry) {
    throw new AuditFault(
      `No place in the tree has ${nameOfEntry(entry)} of ${entry.occurred_at}: it was never sealed.`,
    );
  }
  const [row] = await ask<{ n: number }>(sql`SELECT count(*)::int AS n ${missing}`);
  return row?.n ?? 0;
}
