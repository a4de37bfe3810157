import { IntegrityError } from '../storage/integrity-error.js';
import { CompactRange, type TreeNode } from '../format/merkle.js';

export interface StoredNode {
  readonly level: number;
  readonly index: string;
  readonly hash: Buffer;
}

/** Signals an entry whose time contradicts its position. */
export class TimestampOrderError extends Error {
  /** @param after position of the earlier-sealed entry it contradicts; undefined where it contradicts the checkpoint */
  constructor(
    readonly position: number,
    readonly after: number | undefined,
  ) {
    super();
  }
}

/** Rebuilds the tree from the entries and compares it with the stored one. */
export class TreeRebuilder {
  readonly range = new CompactRange();
  private completed: (TreeNode & { hash: Buffer })[] = [];
  private readonly latest = { position: -1, ms: -Infinity };

  /** @param maxClockSkewMs tolerated difference between the times of entries and the order of their positions */
  constructor(private readonly maxClockSkewMs: number) {}

  /** Appends a leaf. @throws TimestampOrderError where an entry that happened long after this one was sealed before it */
  add(leaf: Buffer, ms: number): void {
    const { size } = this.range;
    if (ms + this.maxClockSkewMs < this.latest.ms) throw new TimestampOrderError(size, this.latest.position);
    if (ms > this.latest.ms) Object.assign(this.latest, { position: size, ms });
    this.range.append(leaf, (node, hash) => this.completed.push({ ...node, hash }));
  }

  /** Number of subtrees completed since the last comparison. */
  get expectedNodes(): number {
    return this.completed.length;
  }

  /** @throws IntegrityError where the stored nodes differ from the completed subtrees */
  assertNodesMatch(stored: readonly StoredNode[]): void {
    this.completed.forEach(({ level, index, hash }, i) => {
      const node = stored[i];
      if (node?.level === level && Number(node.index) === index && node.hash.equals(hash)) return;
      const [first, last] = [index * 2 ** level, (index + 1) * 2 ** level - 1];
      throw new IntegrityError(
        `The seals at positions ${first} to ${last} are not those that were put there: together they have another hash.`,
      );
    });
    this.completed = [];
  }

  /** @throws TimestampOrderError where an entry claims a time after that of its checkpoint */
  assertTimesBefore(time: string): void {
    if (this.latest.ms > Date.parse(time) + this.maxClockSkewMs)
      throw new TimestampOrderError(this.latest.position, undefined);
  }
}
