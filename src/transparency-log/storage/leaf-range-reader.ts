import { type Progress } from '../../core/progress.js';
import { type LeafRange } from './leaf-range.js';

const RANGE_SIZE = 2000;

/** Reads leaf ranges, in this thread or in others. */
export interface LeafRangeSource {
  /** Number of ranges to read ahead. */
  readonly parallel: number;
  read(begin: number, end: number): Promise<LeafRange>;
}

/** Returns leaf ranges in order, from position 0 on, and reads some ahead. */
export class LeafRangeReader {
  private readonly pending: Promise<LeafRange>[] = [];
  private nextStart = 0;

  /** @param size number of positions */
  constructor(
    private readonly reader: LeafRangeSource,
    private readonly size: number,
    private readonly progress?: Progress,
  ) {}

  /** @returns the next range; undefined at the end */
  async next(): Promise<LeafRange | undefined> {
    while (this.pending.length < this.reader.parallel && this.nextStart < this.size) {
      const end = Math.min(this.nextStart + RANGE_SIZE, this.size);
      const range = this.reader.read(this.nextStart, end);
      // Prevents an unhandled rejection; the consumer gets the error when it awaits.
      range.catch(() => undefined);
      this.pending.push(range);
      this.nextStart = end;
    }
    if (this.pending.length > 0) this.progress?.phase('Verifying the audit trail', this.nextStart / this.size);
    return this.pending.shift();
  }
}
