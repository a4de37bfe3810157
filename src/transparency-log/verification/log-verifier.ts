import sql from 'sql-template-tag';
import { IntegrityError, storedEntryLabel } from '../storage/integrity-error.js';
import { leafAt, type LeafRange } from '../storage/leaf-range.js';
import { type LeafRangeReader } from '../storage/leaf-range-reader.js';
import { type ReadSnapshot, type SnapshotRows } from '../storage/read-snapshot.js';
import { ENTRY_LEAF_COLUMNS } from '../storage/stored-tree.js';
import { type EntryRow } from '../format/leaf.js';
import { type CheckpointRecord } from './checkpoint-records.js';
import { TimestampOrderError, TreeRebuilder, type StoredNode } from './tree-rebuilder.js';

/** What was found to be right of the tree. */
export interface VerifiedTree {
  readonly entries: number;
  /** In hex. */
  readonly root: string;
  readonly checkpoints: number;
  /** Of the last checkpoint. */
  readonly time: string | undefined;
}

/** In the order in which a growing tree completes them. */
const NODES = sql`SELECT level, index, hash FROM audit_nodes ORDER BY (index + 1) << level::int, level`;
const EMPTY: LeafRange = { count: 0, hashes: new Uint8Array(), times: new Float64Array(), fault: undefined };

/** One pass over entries, nodes and checkpoints, side by side. */
export class LogVerifier {
  private readonly tree: TreeRebuilder;
  /** The leaves that are being taken, and how many of them have been. */
  private span = EMPTY;
  private taken = 0;
  private checkpoints = 0;
  private time: string | undefined;
  /** Up to these sizes, what is stored and what had left the host agree with the entries. */
  private readonly agreed = { stored: 0, exported: 0 };

  constructor(
    private readonly snapshot: ReadSnapshot,
    private readonly leaves: LeafRangeReader,
    graceMs: number,
  ) {
    this.tree = new TreeRebuilder(graceMs);
  }

  /** @throws IntegrityError that names the first thing that is wrong */
  async run(marks: AsyncIterable<CheckpointRecord>): Promise<VerifiedTree> {
    const nodes = await this.snapshot.rows<StoredNode>(NODES);
    try {
      for await (const mark of marks) {
        await this.growTo(mark.checkpoint.size, nodes);
        this.compare(mark);
      }
      await this.checkEnd(nodes);
    } catch (error) {
      throw error instanceof TimestampOrderError ? await this.named(error) : error;
    }
    const { size, root } = this.tree.range;
    return { entries: size, root: root.toString('hex'), checkpoints: this.checkpoints, time: this.time };
  }

  private async growTo(size: number, nodes: SnapshotRows<StoredNode>): Promise<void> {
    const { range } = this.tree;
    while (range.size < size && (await this.hasLeaf())) {
      const until = Math.min(this.span.count, this.taken + size - range.size);
      for (; this.taken < until; this.taken++) {
        this.tree.add(leafAt(this.span, this.taken), this.span.times[this.taken] as number);
      }
      this.tree.compareNodes(await nodes.take(this.tree.expectedNodes));
    }
  }

  /** @throws IntegrityError where what comes next is wrong */
  private async hasLeaf(): Promise<boolean> {
    while (this.taken === this.span.count) {
      if (this.span.fault) throw new IntegrityError(this.span.fault);
      const next = await this.leaves.next();
      if (!next) return false;
      this.span = next;
      this.taken = 0;
    }
    return true;
  }

  private compare({ checkpoint, name, kind }: CheckpointRecord): void {
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
    this.tree.checkTimesBefore(checkpoint.time);
    if (kind === 'exported') return;
    this.checkpoints++;
    this.time = checkpoint.time;
  }

  private async checkEnd(nodes: SnapshotRows<StoredNode>): Promise<void> {
    if (await this.hasLeaf()) {
      const { id } = await this.entryAt(this.tree.range.size);
      throw new IntegrityError(`No checkpoint vouches for position ${this.tree.range.size} (entry ${id}).`);
    }
    const [node] = await nodes.take(1);
    if (node)
      throw new IntegrityError(`The node ${node.level}/${node.index} is stored for entries that are not there.`);
  }

  private async named({ position, after }: TimestampOrderError): Promise<IntegrityError> {
    const row = await this.entryAt(position);
    const claim = `${storedEntryLabel(row)} at position ${position} says that it happened at ${row.occurred_at}`;
    if (after === undefined) return new IntegrityError(`${claim}, after the checkpoint that vouches for it.`);
    const other = await this.entryAt(after);
    return new IntegrityError(`${claim}, yet was sealed after entry ${other.id} of ${other.occurred_at}.`);
  }

  private async entryAt(position: number): Promise<EntryRow> {
    const [row] = await this.snapshot.ask<EntryRow>(sql`SELECT ${ENTRY_LEAF_COLUMNS} FROM audit_seals s
      JOIN audit_trail a ON a.id = s.entry_id WHERE s.position = ${position}::bigint`);
    return row as EntryRow;
  }
}
