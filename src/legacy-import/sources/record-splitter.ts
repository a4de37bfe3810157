import { shownByte, notJson } from './foreign-formats.js';
import { SourceError } from './source-error.js';

/** The bytes of one record of a dump, with its position from 1. */
export interface RawRecord {
  readonly number: number;
  readonly text: Buffer;
}

const DUMP_AGAIN = 'Dump it again: python manage.py dumpdata users tasks notifications --output dump.json';
const MAX_RECORD_BYTES = 64 * 1024 * 1024;
/** Django nests three levels. V8 parses deeper JSON, but recursive code on its values may overflow the stack. */
const MAX_DEPTH = 100;

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** `document`: outside of an array, where JSON Lines and further arrays are. `element`: a record must follow. */
type SplitterState = 'document' | 'first element' | 'element' | 'separator' | 'record';

/**
 * Splits a dump into its records without parsing them: an array of objects, several arrays one after another, or JSON
 * Lines. Needs memory for one record and one chunk.
 */
export class RecordSplitter {
  private place: SplitterState = 'document';
  private inArray = false;
  private count = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private parts: Buffer[] = [];
  private size = 0;
  private begun = false;

  /** @throws SourceError naming the record where the text is not a dump */
  write(chunk: Buffer): RawRecord[] {
    const records: RawRecord[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.place === 'record') {
        const end = this.endOfRecord(chunk, at);
        this.keep(chunk.subarray(at, end ?? chunk.length));
        if (end === undefined) break;
        records.push(this.complete());
        at = end;
      } else if (BLANKS.has(chunk[at] as number)) at++;
      else at = this.between(chunk, at);
    }
    return records;
  }

  /** @throws SourceError where the dump is cut off, or empty */
  end(): void {
    if (!this.begun) throw new SourceError('It is empty', DUMP_AGAIN);
    if (this.place === 'document') return;
    const where = this.place === 'record' ? `within record ${this.count}` : `after record ${this.count}`;
    throw new SourceError(
      `It ends ${where}, before its JSON does: it was cut off`,
      'Copy it once more, or dump it again, and compare the sizes of both files',
    );
  }

  private between(chunk: Buffer, at: number): number {
    const byte = chunk[at] as number;
    const isFirst = !this.begun;
    this.begun = true;
    switch (this.place) {
      case 'document':
        if (byte === OPEN_LIST) return this.go('first element', true, at + 1);
        if (byte === OPEN_OBJECT) return this.open(at);
        throw isFirst ? notJson(chunk.subarray(at)) : this.unexpected('After the end of the dump', byte);
      case 'first element':
        if (byte === CLOSE_LIST) return this.go('document', false, at + 1);
        return this.element(byte, at);
      case 'separator':
        if (byte === CLOSE_LIST) return this.go('document', false, at + 1);
        if (byte === COMMA) return this.go('element', true, at + 1);
        throw this.unexpected(`After record ${this.count}, where "," or "]" must stand,`, byte);
      default:
        return this.element(byte, at);
    }
  }

  private element(byte: number, at: number): number {
    if (byte === OPEN_OBJECT) return this.open(at);
    const found = byte === OPEN_LIST ? 'is a list' : `begins with ${shownByte(byte)}`;
    throw new SourceError(
      `Record ${this.count + 1} ${found}, not an object of the form {"model", "pk", "fields"}`,
      DUMP_AGAIN,
    );
  }

  private open(at: number): number {
    this.count++;
    this.depth = 0;
    return this.go('record', this.inArray, at);
  }

  private go(place: SplitterState, inArray: boolean, at: number): number {
    this.place = place;
    this.inArray = inArray;
    return at;
  }

  /** @returns the index after the record; undefined where it continues in the next chunk */
  private endOfRecord(chunk: Buffer, start: number): number | undefined {
    let { depth, inString, escaped } = this;
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (inString) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (++depth > MAX_DEPTH) throw this.tooMuch(`is nested more than ${MAX_DEPTH} levels deep`);
      } else if ((byte === CLOSE_OBJECT || byte === CLOSE_LIST) && --depth === 0) {
        Object.assign(this, { depth, inString, escaped });
        return at + 1;
      }
    }
    Object.assign(this, { depth, inString, escaped });
    return undefined;
  }

  private keep(part: Buffer): void {
    this.size += part.length;
    if (this.size > MAX_RECORD_BYTES) throw this.tooMuch(`is longer than ${MAX_RECORD_BYTES / 1024 / 1024} MB`);
    this.parts.push(part);
  }

  private complete(): RawRecord {
    const [only, ...more] = this.parts as [Buffer, ...Buffer[]];
    const text = more.length === 0 ? only : Buffer.concat(this.parts);
    this.parts = [];
    this.size = 0;
    this.place = this.inArray ? 'separator' : 'document';
    return { number: this.count, text };
  }

  private tooMuch(what: string): SourceError {
    return new SourceError(
      `Record ${this.count} ${what}: no record of a replaced system is`,
      'Look whether a quotation mark or a bracket is missing there, or dump it again',
    );
  }

  private unexpected(where: string, byte: number): SourceError {
    return new SourceError(`${where} stands ${shownByte(byte)}: it is not a dumpdata file`, DUMP_AGAIN);
  }
}
