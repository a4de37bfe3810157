import { AuditFault, nameOfEntry } from './audit-fault.js';
import { leafHash, sealedEntry, type EntryRow } from './leaf.js';
import { CompactRange, type TreeNode } from './merkle.js';

/** A seal with its entry, if it is there. */
export type SealedRow = EntryRow & {
  readonly position: string;
  readonly entry_id: string;
  readonly leaf_hash: Buffer;
};

export interface StoredNode {
  readonly level: number;
  readonly index: string;
  readonly hash: Buffer;
}

interface Timed {
  readonly row: SealedRow;
  readonly ms: number;
}

/** Builds the tree anew from the entries, and compares. */
export class TreeCheck {
  readonly range = new CompactRange();
  private completed: (TreeNode & { hash: Buffer })[] = [];
  private latest: Timed | undefined;

  /** @param graceMs how much later than it happened an entry may have been committed */
  constructor(private readonly graceMs: number) {}

  /** @throws AuditFault at the first seal that is not in its place, or whose entry is not as it was sealed */
  add(rows: readonly SealedRow[]): void {
    for (const row of rows) {
      this.checkPlace(row);
      const leaf = leafOf(row);
      if (!leaf.equals(row.leaf_hash)) throw fault(row, 'is not as it was sealed: something in it was changed.');
      this.checkTime(row);
      this.range.append(leaf, (node, hash) => this.completed.push({ ...node, hash }));
    }
  }

  /** How many subtrees the entries that were added since the last call have completed. */
  get expectedNodes(): number {
    return this.completed.length;
  }

  /** @throws AuditFault where those that are stored are others */
  compareNodes(stored: readonly StoredNode[]): void {
    this.completed.forEach(({ level, index, hash }, i) => {
      const node = stored[i];
      if (node?.level === level && Number(node.index) === index && node.hash.equals(hash)) return;
      const [first, last] = [index * 2 ** level, (index + 1) * 2 ** level - 1];
      throw new AuditFault(
        `The seals at positions ${first} to ${last} are not those that were put there: together they have another hash.`,
      );
    });
    this.completed = [];
  }

  /** @throws AuditFault where an entry says that it happened after the checkpoint that vouches for it */
  checkTimesBefore(time: string): void {
    if (this.latest && this.latest.ms > Date.parse(time) + this.graceMs) {
      const { row } = this.latest;
      throw fault(row, `says that it happened at ${row.occurred_at}, after the checkpoint of ${time} that has it.`);
    }
  }

  private checkPlace({ position, entry_id, id, ...row }: SealedRow): void {
    const { size } = this.range;
    if (Number(position) > size) {
      throw new AuditFault(`Nothing is sealed at position ${size}: it was cut out before entry ${entry_id}.`);
    }
    if (Number(position) < size) throw fault({ ...row, position, entry_id, id }, 'is there twice.');
    if (id === null) throw new AuditFault(`Entry ${entry_id}, sealed at position ${position}, is gone.`);
  }

  private checkTime(row: SealedRow): void {
    const ms = Date.parse(row.occurred_at);
    if (this.latest && ms + this.graceMs < this.latest.ms) {
      const before = `${nameOfEntry(this.latest.row)} of ${this.latest.row.occurred_at}`;
      throw fault(row, `says that it happened at ${row.occurred_at}, yet was sealed after ${before}.`);
    }
    if (!this.latest || ms > this.latest.ms) this.latest = { row, ms };
  }
}

function leafOf(row: SealedRow): Buffer {
  try {
    return leafHash(sealedEntry(row));
  } catch (error) {
    throw fault(row, `is not as it was sealed: ${(error as Error).message}.`);
  }
}

function fault(row: SealedRow, what: string): AuditFault {
  const [first = '', ...rest] = nameOfEntry(row);
  return new AuditFault(`${first.toUpperCase()}${rest.join('')} at position ${row.position} ${what}`);
}
