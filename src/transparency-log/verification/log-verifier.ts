import sql from 'sql-template-tag';
import { IntegrityError, storedEntryLabel } from '../storage/integrity-error.js';
import { leafAt, type LeafRange } from '../storage/leaf-range.js';
import { type LeafRangeReader } from '../storage/leaf-range-reader.js';
import { type ReadSnapshot, type SnapshotRows } from '../storage/read-snapshot.js';
import { ENTRY_LEAF_COLUMNS } from '../storage/stored-tree.js';
import { type EntryRow } from '../format/leaf.js';
import { type CheckpointRecord } from './checkpoint-records.js';
import { TimestampOrderError, TreeRebuilder, type StoredNode } from './tree-rebuilder.js';

/** The proven state of the tree. */
export interface VerifiedTree {
  readonly entries: number;
  /** In hex. */
  readonly root: string;
  readonly checkpoints: number;
  /** Time of the last checkpoint. */
  readonly time: string | undefined;
}

/** Sorted in the order in which a growing tree completes the nodes. */
const NODES = sql`SELECT level, index, hash FROM audit_nodes ORDER BY (index + 1) << level::int, level`;
const EMPTY: LeafRange = { count: 0, hashes: new Uint8Array(), times: new Float64Array(), defect: undefined };

/** Verifies entries, nodes and checkpoints in one pass side by side. */
export class LogVerifier {
  private readonly tree: TreeRebuilder;
  /** The current leaves, and how many of them are in the tree. */
  private leafRange = EMPTY;
  private consumed = 0;
  private checkpoints = 0;
  private time: string | undefined;
  /** Sizes up to which stored and exported checkpoints agree with the entries. */
  private readonly agreed = { stored: 0, exported: 0 };

  constructor(
    private readonly snapshot: ReadSnapshot,
    private readonly leaves: LeafRangeReader,
    maxClockSkewMs: number,
  ) {
    this.tree = new TreeRebuilder(maxClockSkewMs);
  }

  /** @throws IntegrityError for the first defect */
  async run(checkpoints: AsyncIterable<CheckpointRecord>): Promise<VerifiedTree> {
    const nodes = await this.snapshot.rows<StoredNode>(NODES);
    try {
      for await (const record of checkpoints) {
        await this.growTo(record.checkpoint.size, nodes);
        this.assertCheckpointMatches(record);
      }
      await this.assertNothingAfterCheckpoint(nodes);
    } catch (error) {
      throw error instanceof TimestampOrderError ? await this.toIntegrityError(error) : error;
    }
    const { size, root } = this.tree.range;
    return { entries: size, root: root.toString('hex'), checkpoints: this.checkpoints, time: this.time };
  }

  private async growTo(size: number, nodes: SnapshotRows<StoredNode>): Promise<void> {
    const { range } = this.tree;
    while (range.size < size && (await this.hasLeaf())) {
      const until = Math.min(this.leafRange.count, this.consumed + size - range.size);
      for (; this.consumed < until; this.consumed++) {
        this.tree.add(leafAt(this.leafRange, this.consumed), this.leafRange.times[this.consumed] as number);
      }
      this.tree.assertNodesMatch(await nodes.take(this.tree.expectedNodes));
    }
  }

  /** Loads the next range where the current one is used up. @throws IntegrityError where the next leaf has a defect */
  private async hasLeaf(): Promise<boolean> {
    while (this.consumed === this.leafRange.count) {
      if (this.leafRange.defect) throw new IntegrityError(this.leafRange.defect);
      const next = await this.leaves.next();
      if (!next) return false;
      this.leafRange = next;
      this.consumed = 0;
    }
    return true;
  }

  private assertCheckpointMatches({ checkpoint, name, kind }: CheckpointRecord): void {
    const { size, root } = this.tree.range;
    if (size < checkpoint.size) {
      throw new IntegrityError(`Nothing is sealed at position ${size}: the tail is missing, since there was ${name}.`);
    }
    if (!root.equals(checkpoint.root)) {
      throw new IntegrityError(
        `The entries from position ${this.agreed[kind]} on, before ${size}, are not those of ${name}: some were ` +
          'exchanged, taken out or put in.',
      );
    }
    this.agreed[kind] = size;
    this.tree.assertTimesBefore(checkpoint.time);
    if (kind === 'exported') return;
    this.checkpoints++;
    this.time = checkpoint.time;
  }

  private async assertNothingAfterCheckpoint(nodes: SnapshotRows<StoredNode>): Promise<void> {
    if (await this.hasLeaf()) {
      const { id } = await this.entryAt(this.tree.range.size);
      throw new IntegrityError(`No checkpoint vouches for position ${this.tree.range.size} (entry ${id}).`);
    }
    const [node] = await nodes.take(1);
    if (node)
      throw new IntegrityError(`The node ${node.level}/${node.index} is stored for entries that are not there.`);
  }

  private async toIntegrityError({ position, after }: TimestampOrderError): Promise<IntegrityError> {
    const row = await this.entryAt(position);
    const claim = `${storedEntryLabel(row)} at position ${position} says that it happened at ${row.occurred_at}`;
    if (after === undefined) return new IntegrityError(`${claim}, after the checkpoint that vouches for it.`);
    const other = await this.entryAt(after);
    return new IntegrityError(`${claim}, yet was sealed after entry ${other.id} of ${other.occurred_at}.`);
  }

  private async entryAt(position: number): Promise<EntryRow> {
    const [row] = await this.snapshot.query<EntryRow>(sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_seals s
      JOIN audit_trail a ON a.id = s.entry_id WHERE s.position = ${position}::bigint`);
    return row as EntryRow;
  }
}
