import { quotedText, shownText } from '../../core/quoted-text.js';
import { type Changes } from '../../core/persistence/audited.decorator.js';

/** What a sentence is made of: an entry of the trail, and the names behind the ids in it. */
export interface DescribableEntry {
  readonly actor_name: string;
  readonly actor_role: string;
  readonly action: string;
  readonly entity_type: string;
  readonly entity_id: number | null;
  readonly entity_name: string | null;
  readonly changes: Changes;
  /** Names by id; whoever is gone is missing. */
  readonly users: Readonly<Record<string, string>> | null;
  /** As they were at the time. */
  readonly tags: Readonly<Record<string, string | null>> | null;
}

const MAX_VALUE = 80;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' });

/** One word that needs no quotation marks: no blank, no sign by which it could become several. */
const WORD = /^[\p{L}\p{N}/][\p{L}\p{M}\p{N}@.+:/_-]*$/u;
/** What is said of other values than texts. */
const SAID = new Set(['nothing', 'yes', 'no']);
/** The values of fields that take one of a few, and codes. */
const CODE = /^[a-z]+(?:_[a-z]+)*$/;

export const quoted = (text: unknown): string => (text === GONE ? SHOWN_GONE : quotedText(asText(text)));
/** The name of a field, a type or a code of the product in words; anything else between quotation marks. */
export const humanize = (name: string): string => (CODE.test(name) ? name.replaceAll('_', ' ') : named(name));
/** A value of one word as it is, such as a username or an address; anything else between quotation marks. */
export const named = (text: unknown): string => (WORD.test(asText(text)) ? shownText(asText(text)) : quoted(text));

const asText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

/** `3 March 2026, 09:30`, in UTC; seconds only where they are not 0. */
export function formatInstant(value: unknown): string {
  const text = String(value);
  if (!TIME.test(text) || Number.isNaN(Date.parse(text))) return named(text);
  const time = text.slice(11, text.slice(17, 19) === '00' ? 16 : 19);
  return `${DAY.format(new Date(text))}, ${time}`;
}

export const userName = ({ users }: DescribableEntry, id: unknown): string => {
  const name = users?.[String(id)];
  return name === undefined ? `user ${named(id)}` : named(name);
};
export const tagName = ({ tags }: DescribableEntry, id: unknown): string =>
  tags?.[String(id)] ? quoted(tags[String(id)]) : named(id);

/** Any value as a person would write it. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return TIME.test(value) ? `${formatInstant(value)} (UTC)` : plainText(value);
  if (typeof value === 'number') return String(value);
  const json = shownText(JSON.stringify(value));
  // Cut off, JSON would be left with an open quotation mark.
  return json.length > MAX_VALUE ? quoted(shortened(json)) : json;
}

function plainText(text: string): string {
  if (text === GONE) return SHOWN_GONE;
  return SAID.has(text) ? quoted(text) : named(shortened(text));
}

/** The value of a field that takes one of a few, such as a status, in words. */
export const choice = (value: unknown): string => (typeof value === 'string' ? humanize(value) : formatValue(value));

const shortened = (text: string): string =>
  text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE).toWellFormed()}…` : text;

/** What stands for a value that was taken out: a text that no value can be, since PostgreSQL stores no NUL. */
const GONE = '\0redacted';
const SHOWN_GONE = '[redacted]';

/** An entry as a sentence tells it: what was taken out is not nothing. */
export function maskRedacted<T extends DescribableEntry>(
  entry: T & { readonly redacted: readonly { readonly field: string }[] },
): T {
  if (entry.redacted.length === 0) return entry;
  const gone = new Set(entry.redacted.map(({ field }) => field));
  const shown = (field: string, value: unknown) => (gone.has(field) ? GONE : value);
  const changes = Object.entries(entry.changes).map(([field, [before, after]]) => [
    field,
    [shown(`${field}.before`, before), shown(`${field}.after`, after)],
  ]);
  const entity_name = gone.has('entity_name') ? GONE : entry.entity_name;
  return { ...entry, entity_name, changes: Object.fromEntries(changes) as Changes };
}

/** The record of an entry, as people call it. */
export function recordLabel({ entity_type, entity_id, entity_name }: DescribableEntry): string {
  const numbered = entity_id === null ? humanize(entity_type) : `${humanize(entity_type)} ${entity_id}`;
  if (entity_name === null) return numbered;
  if (entity_type === 'user') return named(entity_name);
  return entity_type === 'task' ? quoted(entity_name) : `${humanize(entity_type)} ${quoted(entity_name)}`;
}

/** Who did it: the product itself and visitors are no names. */
export function actorLabel({ actor_name, actor_role }: DescribableEntry): string {
  if (actor_role === 'system') return `The system (${named(actor_name)})`;
  return actor_role === 'visitor' ? 'Someone' : named(actor_name);
}

const LIST = new Intl.ListFormat('en-GB');
/** Joins parts as `a, b and c`. */
export const formatList = (parts: readonly string[]): string => LIST.format(parts);

/** `task 7`, as an address named it; between quotation marks where the address said something else. */
export const recordName = (value: unknown): string =>
  /^[a-z_-]+ \d+$/.test(String(value)) ? String(value) : quoted(value);

/** `PATCH /api/tasks/{id}`, or what several of them are called. */
export const operationName = (value: unknown): string =>
  /^[A-Z]+ \/[\w/{}:.*-]*$|^[a-z ]+$/.test(String(value)) ? String(value) : quoted(value);
