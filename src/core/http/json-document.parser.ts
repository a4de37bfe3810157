import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isPgText } from './json-body.parser.js';
import { MAX_DEPTH } from './json-structure.js';
import { exponentZeros } from './pg-text.js';
import { CoreProblem, validationError, type Problem } from './problem.js';

/** Bytes that are parsed in one turn of the event loop: a few milliseconds. */
const SLICE = 128 * 1024;
const MAX_POINTER = 300;
const MAX_ZEROS = 1024 * 1024;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const NOT_JSON = 'is not valid JSON';

/** Bounds of a document. */
interface JsonLimits {
  readonly values?: number;
  /** Members of one object: what lists those of one holds the event loop for as long. */
  readonly members?: number;
  /** Zeros of all numbers, written without exponents: `jsonb` writes 1e308 with 309 digits. Default: 1,048,576, more than any record has. */
  readonly zeros?: number;
}

type Container = Record<string, unknown> | unknown[];

/** Tokens that may come next; `first …`: at the start of a container, which may end at once. */
type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' | 'end';

interface Level {
  readonly container: Container;
  key: string | undefined;
  members: number;
}

/**
 * Parses a large JSON document as strictly as `parseJsonBody`, in slices between which the event loop goes on: valid UTF-8, no
 * key twice in one object, no deep nesting, a bounded number of values, of members of an object and of zeros that exponents stand for, no text that
 * PostgreSQL cannot hold.
 *
 * @throws Problem 400 `invalid_json` or 422 `validation_error`, with the JSON pointer (RFC 6901) of the fault
 */
export async function parseJsonDocument(
  parts: AsyncIterable<Buffer> | Iterable<Buffer>,
  limits: JsonLimits = {},
): Promise<unknown> {
  const received: Buffer[] = [];
  for await (const part of parts) received.push(part);
  const [first] = received;
  // A copy of 16 MiB takes tens of milliseconds.
  const document = first && received.length === 1 ? first : Buffer.concat(received);
  const parser = new DocumentParser(document, { values: Infinity, members: Infinity, zeros: MAX_ZEROS, ...limits });
  while (parser.advance(SLICE)) await nextTurn();
  return parser.end();
}

/** Reads the tokens of a document and builds its value; without recursion, since the sender chooses the depth. */
class DocumentParser {
  private readonly levels: Level[] = [];
  private expected: Expected = 'value';
  private values = 0;
  private zeros = 0;
  private at: number;
  private root: unknown;

  constructor(
    private readonly document: Buffer,
    private readonly limits: Required<JsonLimits>,
  ) {
    if (!isUtf8(document)) throw this.fault('is not valid UTF-8');
    this.at = document.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  }

  /** Parses some bytes more. @returns false at the end of the document */
  advance(bytes: number): boolean {
    const end = Math.min(this.document.length, this.at + bytes);
    while (this.at < end) this.token(this.document[this.at] as number);
    return this.at < this.document.length;
  }

  end(): unknown {
    if (this.expected !== 'end') throw this.fault('ends too early');
    return this.root;
  }

  private token(byte: number): void {
    if (byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09) this.at++;
    else if (byte === QUOTE) this.text(this.string());
    else if (byte === 0x2c) this.comma();
    else if (byte === 0x3a) this.punctuation('colon', 'value');
    else if (byte === 0x7b) this.open({}, 'first key');
    else if (byte === 0x5b) this.open([], 'first value');
    else if (byte === 0x7d) this.close('first key', false);
    else if (byte === 0x5d) this.close('first value', true);
    else this.primitive(this.word());
  }

  private text(text: string): void {
    if (this.expected === 'key' || this.expected === 'first key') return this.key(text);
    if (!isPgText(text)) throw this.textFault();
    this.primitive(text);
  }

  private primitive(value: unknown): void {
    this.place(value);
    this.expected = this.levels.length > 0 ? 'comma' : 'end';
  }

  private punctuation(wanted: Expected, next: Expected): void {
    if (this.expected !== wanted) throw this.fault(NOT_JSON);
    this.expected = next;
    this.at++;
  }

  private comma(): void {
    this.punctuation('comma', Array.isArray(this.levels.at(-1)?.container) ? 'value' : 'key');
  }

  private open(container: Container, next: Expected): void {
    if (this.levels.length >= MAX_DEPTH) throw this.fault(`is nested deeper than ${MAX_DEPTH} levels`);
    this.place(container);
    this.levels.push({ container, key: undefined, members: 0 });
    this.expected = next;
    this.at++;
  }

  private close(empty: Expected, array: boolean): void {
    const level = this.levels.at(-1);
    const complete = this.expected === 'comma' || this.expected === empty;
    if (!level || !complete || Array.isArray(level.container) !== array) throw this.fault(NOT_JSON);
    this.levels.pop();
    this.expected = this.levels.length > 0 ? 'comma' : 'end';
    this.at++;
  }

  private key(key: string): void {
    const level = this.levels.at(-1) as Level;
    if (!isPgText(key) || key === '__proto__') throw this.fault('has a key that is not allowed');
    level.key = key;
    if (Object.hasOwn(level.container, key)) throw this.fault('has a key twice in one object');
    if (++level.members > this.limits.members)
      throw this.fault(`has more than ${this.limits.members} members in one object`);
    this.expected = 'colon';
  }

  /** Puts a value where the innermost container wants it. */
  private place(value: unknown): void {
    if (this.expected !== 'value' && this.expected !== 'first value') throw this.fault(NOT_JSON);
    if (++this.values > this.limits.values) throw this.fault(`has more than ${this.limits.values} values`);
    const level = this.levels.at(-1);
    if (!level) this.root = value;
    else if (Array.isArray(level.container)) level.container.push(value);
    else level.container[level.key ?? ''] = value;
  }

  /** Reads a text and moves past its closing quote. */
  private string(): string {
    const { document } = this;
    const start = this.at;
    let at = start + 1;
    let escaped = false;
    for (let byte = document[at]; byte !== QUOTE; byte = document[at]) {
      if (byte === undefined || byte < SPACE) throw this.fault(NOT_JSON);
      if (byte === BACKSLASH) escaped = true;
      at += byte === BACKSLASH ? 2 : 1;
    }
    this.at = at + 1;
    if (!escaped) return document.toString('utf8', start + 1, at);
    return this.parsed(document.toString('utf8', start, at + 1)) as string;
  }

  /** Reads a number, true, false or null. */
  private word(): unknown {
    const start = this.at;
    let at = start;
    for (let byte = this.document[at]; byte !== undefined && isOfWord(byte); byte = this.document[at]) at++;
    const word = this.document.toString('latin1', start, at);
    this.at = at;
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    if (!NUMBER.test(word)) throw this.fault(NOT_JSON);
    return this.number(Number(word));
  }

  private number(number: number): number {
    if (!Number.isFinite(number)) throw this.fault('has a number that is too large');
    this.zeros += exponentZeros(number);
    if (this.zeros > this.limits.zeros) throw this.zerosFault();
    return number;
  }

  private parsed(json: string): unknown {
    try {
      return JSON.parse(json);
    } catch {
      throw this.fault(NOT_JSON);
    }
  }

  private textFault(): Problem {
    return this.invalid('invalid_text', 'has a character that cannot be stored (NUL or half a surrogate pair)');
  }

  private zerosFault(): Problem {
    const zeros = `have more than ${this.limits.zeros} zeros, written without exponents`;
    return this.invalid('too_long', `has so many very large or very small numbers that they ${zeros}`);
  }

  private invalid(code: string, what: string): Problem {
    const field = this.pointer();
    return validationError([{ field, code, message: `The document ${what}${placed(field)}` }]);
  }

  private fault(what: string): Problem {
    const pointer = this.pointer();
    return CoreProblem.invalid_json(`The document ${what}${placed(pointer)}`, { pointer });
  }

  /** The place of the value that is read now. */
  private pointer(): string {
    const innermost = this.levels.length - 1;
    const names = this.levels.map(({ container, key }, depth) =>
      Array.isArray(container) ? String(container.length - (depth < innermost ? 1 : 0)) : key,
    );
    const path = names.map((name) => (name === undefined ? '' : `/${pointerToken(name)}`)).join('');
    return path.length > MAX_POINTER ? `${path.slice(0, MAX_POINTER)}…` : path;
  }
}

const placed = (pointer: string): string => (pointer === '' ? '' : ` (at ${pointer})`);

/** True for letters, digits and the signs of numbers. */
const isOfWord = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  byte === 0x2d ||
  byte === 0x2b ||
  byte === 0x2e ||
  byte === 0x45;

/** Escapes a name for a JSON pointer (RFC 6901), truncated: to escape a key of 16 MiB took more than a second. */
export const pointerToken = (name: string): string =>
  (name.length > MAX_POINTER ? `${name.slice(0, MAX_POINTER)}…` : name).replaceAll('~', '~0').replaceAll('/', '~1');
