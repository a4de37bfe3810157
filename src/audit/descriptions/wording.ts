import { quotedText, shownText } from '../../core/quoted-text.js';
import { auditedEntities, type Changes } from '../../core/persistence/audited.decorator.js';

/** The parts of an entry that its sentence needs, with the names of the ids in it. */
export interface DescribableEntry {
  readonly actor_name: string;
  readonly actor_role: string;
  readonly action: string;
  readonly entity_type: string;
  readonly entity_id: number | null;
  readonly entity_name: string | null;
  readonly changes: Changes;
  readonly reason?: string | null;
  /** Names by id, without users who are gone. */
  readonly users: Readonly<Record<string, string>> | null;
  /** Names by id, as of the entry. */
  readonly tags: Readonly<Record<string, string | null>> | null;
  /** Names by field and id, of the records to which an extension's entity refers. */
  readonly names?: Readonly<Record<string, Readonly<Record<string, string | null>> | null>> | null;
}

const MAX_VALUE = 80;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' });

/** Matches one word that needs no quotation marks: without blanks, or signs that could make it several. */
const WORD = /^[\p{L}\p{N}/][\p{L}\p{M}\p{N}@.+:/_-]*$/u;
/** Words that stand for values other than texts, so that texts equal to them are quoted. */
const RESERVED_WORDS = new Set(['nothing', 'yes', 'no']);
/** Matches enumerated values and codes. */
const CODE = /^[a-z]+(?:_[a-z]+)*$/;

export const quoted = (text: unknown): string => (text === REDACTED_MARK ? REDACTED_TEXT : quotedText(asText(text)));
/** Converts the name of a field, type or code to words; quotes anything else. */
export const humanize = (name: string): string => (CODE.test(name) ? name.replaceAll('_', ' ') : quoteUnlessWord(name));
/** Returns a single word, such as a username or an address, as it is; quotes anything else. */
export const quoteUnlessWord = (text: unknown): string =>
  WORD.test(asText(text)) ? shownText(asText(text)) : quoted(text);

const asText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

/** Formats an instant as `3 March 2026, 09:30`, in UTC; with seconds where they are not 0. */
export function formatInstant(value: unknown): string {
  const text = String(value);
  if (!TIME.test(text) || Number.isNaN(Date.parse(text))) return quoteUnlessWord(text);
  const time = text.slice(11, text.slice(17, 19) === '00' ? 16 : 19);
  return `${DAY.format(new Date(text))}, ${time}`;
}

export const userName = ({ users }: DescribableEntry, id: unknown): string => {
  const name = users?.[String(id)];
  return name === undefined ? `user ${quoteUnlessWord(id)}` : quoteUnlessWord(name);
};
export const tagName = ({ tags }: DescribableEntry, id: unknown): string =>
  tags?.[String(id)] ? quoted(tags[String(id)]) : quoteUnlessWord(id);

/** Formats any value for a sentence. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return TIME.test(value) ? `${formatInstant(value)} (UTC)` : plainText(value);
  if (typeof value === 'number') return String(value);
  const json = shownText(JSON.stringify(value));
  // Truncated JSON could end within quotation marks, so the whole of it is quoted.
  return json.length > MAX_VALUE ? quoted(truncate(json)) : json;
}

function plainText(text: string): string {
  if (text === REDACTED_MARK) return REDACTED_TEXT;
  return RESERVED_WORDS.has(text) ? quoted(text) : quoteUnlessWord(truncate(text));
}

/** Formats the value of a field: an id of another record (`@Audited`) as its name. */
export function fieldValue({ entity_type, names }: DescribableEntry, field: string, value: unknown): string {
  const type = auditedEntities().find((entity) => entity.type === entity_type)?.options.references?.[field];
  if (type === undefined || typeof value !== 'number') return formatValue(value);
  const name = names?.[field]?.[String(value)];
  if (name === undefined || name === null) return `${humanize(type)} ${value}`;
  return type === 'user' ? quoteUnlessWord(name) : quoted(name);
}

/** Formats the reason for a change. */
export const formatReason = ({ reason }: DescribableEntry): string =>
  reason === null || reason === undefined ? 'nothing' : quoted(reason);

/** Formats an enumerated value, such as a status, in words. */
export const choice = (value: unknown): string => (typeof value === 'string' ? humanize(value) : formatValue(value));

const truncate = (text: string): string =>
  text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE).toWellFormed()}…` : text;

/** Marks a redacted value. No stored text can be equal to it, since PostgreSQL stores no NUL. */
const REDACTED_MARK = '\0redacted';
const REDACTED_TEXT = '[redacted]';

/** Replaces redacted values, which are null in the entry, by a mark, so that sentences do not call them nothing. */
export function maskRedacted<T extends DescribableEntry>(
  entry: T & { readonly redacted: readonly { readonly field: string }[] },
): T {
  if (entry.redacted.length === 0) return entry;
  const gone = new Set(entry.redacted.map(({ field }) => field));
  const shown = (field: string, value: unknown) => (gone.has(field) ? REDACTED_MARK : value);
  const changes = Object.entries(entry.changes).map(([field, [before, after]]) => [
    field,
    [shown(`${field}.before`, before), shown(`${field}.after`, after)],
  ]);
  const entity_name = gone.has('entity_name') ? REDACTED_MARK : entry.entity_name;
  const reason = gone.has('reason') ? REDACTED_MARK : (entry.reason ?? null);
  return { ...entry, entity_name, reason, changes: Object.fromEntries(changes) as Changes };
}

/** Names the record of an entry. */
export function recordLabel({ entity_type, entity_id, entity_name }: DescribableEntry): string {
  const numbered = entity_id === null ? humanize(entity_type) : `${humanize(entity_type)} ${entity_id}`;
  if (entity_name === null) return numbered;
  if (entity_type === 'user') return quoteUnlessWord(entity_name);
  return entity_type === 'task' ? quoted(entity_name) : `${humanize(entity_type)} ${quoted(entity_name)}`;
}

/** Names the actor of an entry, with words for the system and for anonymous visitors. */
export function actorLabel({ actor_name, actor_role }: DescribableEntry): string {
  if (actor_role === 'system') return `The system (${quoteUnlessWord(actor_name)})`;
  return actor_role === 'visitor' ? 'Someone' : quoteUnlessWord(actor_name);
}

const LIST = new Intl.ListFormat('en-GB');
/** Joins parts as `a, b and c`. */
export const formatList = (parts: readonly string[]): string => LIST.format(parts);

/** Returns a reference such as `task 7` from a path; quotes anything else. */
export const recordReference = (value: unknown): string =>
  /^[a-z_-]+ \d+$/.test(String(value)) ? String(value) : quoted(value);

/** Returns an operation such as `PATCH /api/tasks/{id}`, or the words for several; quotes anything else. */
export const operationLabel = (value: unknown): string =>
  /^[A-Z]+ \/[\w/{}:.*-]*$|^[a-z ]+$/.test(String(value)) ? String(value) : quoted(value);
