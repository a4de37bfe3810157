import { pointerToken } from '../../../core/http/json-document.parser.js';
import { normalizeText } from '../../../core/normalized-text.js';
import { MAX_FAULTS, type JsonObject, type RecordFault } from './study-record.js';

/** True for a JSON object; an array is none. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Far more sites, extensions or references than a study has: reading a list holds the event loop for less than 100 ms. */
export const MAX_ITEMS = 5_000;

/** Longer codes and addresses are known nowhere. */
const MAX_CODE = 2_000;
/** Code units of one record that are composed: far more than a study has, and less than 100 ms of work. */
const MAX_COMPOSED = 1_000_000;
/** A text without such a character is in NFC. */
const MAY_BE_DECOMPOSED = /[\u0300-\uffff]/;

/** State that the readers of one record share. */
interface RecordState {
  readonly faults: RecordFault[];
  /** Code units that may still be composed. */
  composable: number;
}

/** Reads members of a JSON document by their place, and collects the faults of those that have another type. */
export class JsonReader {
  private readonly indexes = new Map<string, ReadonlyMap<string | null, JsonReader>>();

  private constructor(
    private readonly value: JsonObject | undefined,
    readonly pointer: string,
    private readonly record: RecordState,
  ) {}

  /**
   * @param pointer of the value within its document
   * @param of a reader of the same record, to whose faults its own are added
   */
  static of(value: unknown, pointer: string, of?: JsonReader): JsonReader {
    const record = of?.record ?? { faults: [], composable: MAX_COMPOSED };
    const reader = new JsonReader(isJsonObject(value) ? value : undefined, pointer, record);
    if (!isJsonObject(value)) reader.fault('', 'is_object', 'must be an object');
    return reader;
  }

  /** Faults of the record. */
  get faults(): readonly RecordFault[] {
    return this.record.faults;
  }

  /** True where there is such an object. */
  get exists(): boolean {
    return this.value !== undefined;
  }

  /** Returns the JSON pointer of a member. */
  at(name: string): string {
    return name === '' ? this.pointer : `${this.pointer}/${pointerToken(name)}`;
  }

  /**
   * Adds a fault: each one once, and no more than a rejected record names.
   *
   * @param text ends the sentence that begins with the name of the member
   */
  fault(name: string, code: string, text: string): void {
    if (this.faults.length >= MAX_FAULTS) return;
    const pointer = this.at(name);
    if (this.faults.some((fault) => fault.pointer === pointer && fault.code === code)) return;
    this.record.faults.push({ pointer, code, message: `${pointer.split('/').pop() || 'The record'} ${text}` });
  }

  /** Reads an object; one that is missing reads as empty. */
  object(name: string): JsonReader {
    const value = this.member(name);
    if (value !== undefined && !isJsonObject(value)) this.fault(name, 'is_object', 'must be an object');
    return new JsonReader(isJsonObject(value) ? value : undefined, this.at(name), this.record);
  }

  /** Reads a list of objects. @returns undefined where it is missing */
  objects(name: string): JsonReader[] | undefined {
    const place = this.at(name);
    return this.list(name)?.map((value, index) => {
      const item = new JsonReader(isJsonObject(value) ? value : undefined, `${place}/${index}`, this.record);
      if (!item.exists) item.fault('', 'is_object', 'must be an object');
      return item;
    });
  }

  /** Indexes a list of objects by a code of theirs; of several with one code the first. The list is read once. */
  index(name: string, member: string): ReadonlyMap<string | null, JsonReader> {
    const key = `${name} ${member}`;
    const known = this.indexes.get(key);
    if (known) return known;
    const index = new Map<string | null, JsonReader>();
    for (const item of this.objects(name) ?? []) {
      const code = item.code(member);
      if (!index.has(code)) index.set(code, item);
    }
    this.indexes.set(key, index);
    return index;
  }

  /** Reads a list of texts. @returns undefined where it is missing */
  texts(name: string): string[] | undefined {
    return this.list(name)?.flatMap((value, index) => {
      if (typeof value === 'string') return [value.trim()];
      new JsonReader(undefined, `${this.at(name)}/${index}`, this.record).fault('', 'is_string', 'must be text');
      return [];
    });
  }

  /** Reads a text as it is stored: composed, without blanks around it. An empty one is null, as is a missing one. */
  text(name: string): string | null {
    const text = this.string(name)?.trim();
    return text ? this.composed(name, text) : null;
  }

  /** Reads a code, an id or an address, which are compared as they are. One that is too long to be known keeps its blanks. */
  code(name: string): string | null {
    const code = this.string(name);
    return (code !== undefined && code.length <= MAX_CODE ? code.trim() : code) || null;
  }

  /** Reads a number. */
  number(name: string): number | null {
    const value = this.member(name);
    if (value === undefined) return null;
    if (typeof value !== 'number') this.fault(name, 'is_number', 'must be a number');
    return typeof value === 'number' ? value : null;
  }

  /** Reads a word of a list, and translates it. */
  word<T extends string>(name: string, words: Readonly<Record<string, T>>): T | null {
    const text = this.code(name);
    if (text === null) return null;
    if (Object.hasOwn(words, text)) return words[text] as T;
    this.fault(name, 'is_in', `must be one of ${Object.keys(words).join(', ')}`);
    return null;
  }

  private string(name: string): string | undefined {
    const value = this.member(name);
    if (value !== undefined && typeof value !== 'string') this.fault(name, 'is_string', 'must be text');
    return typeof value === 'string' ? value : undefined;
  }

  /** Composes a text as long as those of the record are no more than can be composed at once. */
  private composed(name: string, text: string): string | null {
    if (!MAY_BE_DECOMPOSED.test(text)) return text;
    this.record.composable -= text.length;
    if (this.record.composable >= 0) return normalizeText(text, 'NFC');
    this.fault(name, 'too_long', `is too long: texts beyond Latin have at most ${MAX_COMPOSED} characters in a record`);
    return null;
  }

  private list(name: string): readonly unknown[] | undefined {
    const value = this.member(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) this.fault(name, 'is_array', 'must be a list');
    else if (value.length > MAX_ITEMS) this.fault(name, 'too_many', `must have at most ${MAX_ITEMS} items`);
    else return value as unknown[];
    return undefined;
  }

  /** Null is the same as missing. */
  private member(name: string): unknown {
    return this.value && Object.hasOwn(this.value, name) ? (this.value[name] ?? undefined) : undefined;
  }
}
