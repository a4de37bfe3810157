import { pointerToken } from '../../../core/http/json-document.parser.js';
import { normalizeText } from '../../../core/normalized-text.js';
import { MAX_FAULTS, type JsonObject, type RecordFault } from './study-record.js';

/** True for a JSON object; an array is none. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Far more sites, extensions or references than a study has: reading a list holds the event loop for less than 100 ms. */
export const MAX_ITEMS = 5_000;

/** Reads members of a JSON document by their place, and collects the faults of those that have another type. */
export class JsonReader {
  private constructor(
    private readonly value: JsonObject | undefined,
    readonly pointer: string,
    readonly faults: RecordFault[],
  ) {}

  /**
   * @param pointer of the value within its document
   * @param faults list to which its faults are added
   */
  static of(value: unknown, pointer: string, faults: RecordFault[] = []): JsonReader {
    const reader = new JsonReader(isJsonObject(value) ? value : undefined, pointer, faults);
    if (!isJsonObject(value)) reader.fault('', 'is_object', 'must be an object');
    return reader;
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
    this.faults.push({ pointer, code, message: `${pointer.split('/').pop() || 'The record'} ${text}` });
  }

  /** Reads an object; one that is missing reads as empty. */
  object(name: string): JsonReader {
    const value = this.member(name);
    if (value !== undefined && !isJsonObject(value)) this.fault(name, 'is_object', 'must be an object');
    return new JsonReader(isJsonObject(value) ? value : undefined, this.at(name), this.faults);
  }

  /** Reads a list of objects. @returns undefined where it is missing */
  objects(name: string): JsonReader[] | undefined {
    const place = this.at(name);
    return this.list(name)?.map((value, index) => {
      const item = new JsonReader(isJsonObject(value) ? value : undefined, `${place}/${index}`, this.faults);
      if (!item.exists) item.fault('', 'is_object', 'must be an object');
      return item;
    });
  }

  /** Reads a list of texts. @returns undefined where it is missing */
  texts(name: string): string[] | undefined {
    return this.list(name)?.flatMap((value, index) => {
      if (typeof value === 'string') return [value.trim()];
      new JsonReader(undefined, `${this.at(name)}/${index}`, this.faults).fault('', 'is_string', 'must be text');
      return [];
    });
  }

  /** Reads a text as it is stored: composed, without blanks around it. An empty one is null, as is a missing one. */
  text(name: string): string | null {
    const value = this.member(name);
    if (value === undefined) return null;
    if (typeof value !== 'string') this.fault(name, 'is_string', 'must be text');
    return typeof value === 'string' ? normalizeText(value.trim(), 'NFC') || null : null;
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
    const text = this.text(name);
    if (text === null) return null;
    if (Object.hasOwn(words, text)) return words[text] as T;
    this.fault(name, 'is_in', `must be one of ${Object.keys(words).join(', ')}`);
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
