import { IntegrityError } from '../storage/integrity-error.js';
import { CompactRange, type TreeNode } from '../format/merkle.js';

export interface StoredNode {
  readonly level: number;
  readonly index: string;
  readonly hash: Buffer;
}

/** An entry whose time does not fit those of others. */
export class TimestampOrderError extends Error {
  /** @param after the position of the entry that was sealed before it; undefined: of the checkpoint's time */
  constructor(
    readonly position: number,
    readonly after: number | undefined,
  ) {
    super();
  }
}

/** Builds the tree anew from the entries, and compares. */
export class TreeRebuilder {
  readonly range = new CompactRange();
  private completed: (TreeNode & { hash: Buffer })[] = [];
  private readonly latest = { position: -1, ms: -Infinity };

  /** @param graceMs how much later than it happened an entry may have been committed */
  constructor(private readonly graceMs: number) {}

  /** @throws TimestampOrderError where an entry that happened long after this one was sealed before it */
  add(leaf: Buffer, ms: number): void {
    const { size } = this.range;
    if (ms + this.graceMs < this.latest.ms) throw new TimestampOrderError(size, this.latest.position);
    if (ms > this.latest.ms) Object.assign(this.latest, { position: size, ms });
    this.range.append(leaf, (node, hash) => this.completed.push({ ...node, hash }));
  }

  /** How many subtrees the entries that were added since the last comparison have completed. */
  get expectedNodes(): number {
    return this.completed.length;
  }

  /** @throws IntegrityError where those that are stored are others */
  compareNodes(stored: readonly StoredNode[]): void {
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

  /** @throws TimestampOrderError where an entry says that it happened after the checkpoint that vouches for it */
  checkTimesBefore(time: string): void {
    if (this.latest.ms > Date.parse(time) + this.graceMs)
      throw new TimestampOrderError(this.latest.position, undefined);
  }
}
