import { type LeafRange } from './leaf-range.js';

const SPAN = 2000;

/** Something that reads spans, in this thread or in others. */
export interface LeafRangeSource {
  /** So many are worth reading at once. */
  readonly parallel: number;
  read(begin: number, end: number): Promise<LeafRange>;
}

/** Spans from position 0 on, in order; some are read ahead. */
export class LeafRangeReader {
  private readonly coming: Promise<LeafRange>[] = [];
  private begun = 0;

  /** @param size how many positions there are */
  constructor(
    private readonly reader: LeafRangeSource,
    private readonly size: number,
  ) {}

  /** The next span; undefined at the end. */
  async next(): Promise<LeafRange | undefined> {
    while (this.coming.length < this.reader.parallel && this.begun < this.size) {
      const end = Math.min(this.begun + SPAN, this.size);
      const span = this.reader.read(this.begun, end);
      // Whoever takes it hears of its failure; before that it is nobody's.
      span.catch(() => undefined);
      this.coming.push(span);
      this.begun = end;
    }
    return this.coming.shift();
  }
}
