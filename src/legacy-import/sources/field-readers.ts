import { createHash } from 'node:crypto';
import { MAX_ID, parseInstant } from '../../core/http/field.validators.js';
import { normalizeText } from '../../core/normalized-text.js';
import { instantOf, isTimeZone, localTime } from '../../core/authorization/local-time.js';
import { hashError } from '../../auth/passwords/password-hasher.service.js';
import { type FindingCode } from './import-findings.js';

export const CORRECT_AND_DUMP = 'Correct it in the old system, and dump again';

/** Rejects a value: the message continues the field's name, the remedy says what to do. */
export class InvalidValueError extends Error {
  constructor(
    message: string,
    readonly remedy = CORRECT_AND_DUMP,
  ) {
    super(message);
  }
}

/** A reference by name instead of by id, as `dumpdata --natural-foreign` writes it. */
export class NaturalKey {
  /** Negative, so that it is no id of the source; the same for the same name in each dump. */
  readonly pk: number;

  constructor(
    readonly entity: 'user' | 'tag',
    readonly name: string,
  ) {
    const digest = createHash('sha256').update(`${entity}\0${name.toLowerCase()}`).digest('hex');
    this.pk = -1 - Number.parseInt(digest.slice(0, 12), 16);
  }
}

/** Replaces the hash of a user without a password, who has to reset it. */
export const NO_PASSWORD = '!legacy';

/**
 * Converts one value of a replaced system for the database.
 *
 * @param warn receives findings about a value that is converted nevertheless
 * @param zone IANA zone of times without one; default UTC
 * @throws InvalidValueError
 */
export type FieldReader = (value: unknown, warn: (code: FindingCode) => void, zone?: string) => unknown;

const HOURS = /^-?\d+(?:\.(?<places>\d+))?(?:e[+-]?\d+)?$/i;
const MAX_HOURS = 9999.99;
const MAX_USERNAME = 150;
const MAX_ADDRESS = 254;
/** Limits, in UTF-16 units, applied before trimming and normalizing. */
const [MAX_USERNAME_UNITS, MAX_ADDRESS_UNITS] = [4 * MAX_USERNAME, 4 * MAX_ADDRESS];
/** UTF-16 units of a decomposed character, as far as they are normalized before the length is checked. */
const MAX_UNITS_COMPOSED = 4;
const MAX_HASH = 1000;
const FRACTION = /\.(\d{1,9})(?=Z|[+-]|$)/i;
const ZONE = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

/** Reads text of at most `max` characters, as PostgreSQL counts them. */
export function text(max = Infinity, blank: 'blank' | 'not blank' = 'not blank'): FieldReader {
  return (value) => {
    if (typeof value !== 'string') throw new InvalidValueError(`must be text, and is ${shown(value)}`);
    if (value.includes('\0')) throw new InvalidValueError('has a NUL character');
    if (!value.isWellFormed()) throw new InvalidValueError('has a broken Unicode character');
    const length = value.length > max ? [...value].length : 0;
    if (length > max) throw new InvalidValueError(`is longer than ${max} characters: it has ${length}`);
    if (blank === 'not blank' && !value.trim()) throw new InvalidValueError('is blank');
    return value;
  };
}

/** Reads a username in the form to which the login normalizes its input. */
export const username: FieldReader = (value, warn) => {
  const given = text(MAX_USERNAME_UNITS)(value, warn) as string;
  const name = text(MAX_USERNAME)(normalizeText(given.trim(), 'NFKC'), warn);
  if (name !== given) warn('username_normalized');
  return name;
};

export const address: FieldReader = (value, warn) => {
  const email = normalizeText((text(MAX_ADDRESS_UNITS)(value, warn) as string).trim(), 'NFC');
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) warn('odd_address');
  return text(MAX_ADDRESS)(email, warn);
};

/** Reads one of the labels, in any case; `TaskStatus.PENDING` is how Python prints `pending`. */
export function oneOf(labels: readonly string[]): FieldReader {
  return (value) => {
    const label = typeof value === 'string' ? value.toLowerCase().replace(/^[a-z]+\./, '') : '';
    if (!labels.includes(label)) throw new InvalidValueError(`is ${shown(value)}, not one of ${labels.join(', ')}`);
    return label;
  };
}

/**
 * Reads text like `text`, and normalizes it to NFC, so that texts that look the same are equal. The limit is that of the
 * result: NFC has fewer characters than NFD, but more for some letters (U+0958 becomes two).
 */
export function composedText(max = Infinity, blank: 'blank' | 'not blank' = 'not blank'): FieldReader {
  const read = text(max, blank);
  return (value, warn) => {
    const isShort = typeof value === 'string' && value.length <= MAX_UNITS_COMPOSED * max;
    return read(isShort ? normalizeText(value, 'NFC') : value, warn);
  };
}

export const blankAsNull =
  (read: FieldReader): FieldReader =>
  (value, warn) =>
    value === '' ? null : read(value, warn);

export const flag: FieldReader = (value) => {
  if (typeof value !== 'boolean') throw new InvalidValueError(`is ${shown(value)}, not true or false`);
  return value;
};

/** Reads an id: an integer that fits the column. */
export function id(max = MAX_ID): FieldReader {
  return (value) => {
    if (Array.isArray(value)) throw new InvalidValueError(`is ${shown(value)}, a natural key`, WITHOUT_NATURAL_KEYS);
    const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
    if (!Number.isInteger(number) || (number as number) < 1 || (number as number) > max) {
      throw new InvalidValueError(`is ${shown(value)}, not a whole number from 1 to ${max}`);
    }
    return number;
  };
}

const WITHOUT_NATURAL_KEYS = 'Dump again without --natural-foreign and --natural-primary';

/** Reads a reference by id or, as Django dumps users, by name: `["asha"]`. */
export function reference(entity: 'user' | 'tag'): FieldReader {
  return (value, warn) => {
    if (!Array.isArray(value) || value.length !== 1 || typeof value[0] !== 'string') return id()(value, warn);
    return naturalKey(entity, value[0]);
  };
}

/** @throws InvalidValueError where the text is too long to be a name */
export function naturalKey(entity: 'user' | 'tag', name: string): NaturalKey {
  const given = text(MAX_USERNAME_UNITS)(name, () => undefined) as string;
  return new NaturalKey(entity, entity === 'user' ? normalizeText(given.trim(), 'NFKC') : normalizeText(given, 'NFC'));
}

/** Reads an instant to the microsecond, in the format of PostgreSQL. */
export const instant: FieldReader = (value, warn, zone = 'UTC') => {
  const given = typeof value === 'string' ? value.trim() : '';
  const seconds = parseInstant(given.replace(FRACTION, ''));
  if (!(seconds instanceof Date)) {
    throw new InvalidValueError(`is ${shown(value)}, not a time that can be read: ISO 8601, from year 1 to 9999`);
  }
  const micros = (FRACTION.exec(given)?.[1] ?? '').padEnd(6, '0').slice(0, 6);
  const local = `${seconds.toISOString().slice(0, 19)}.${micros}`;
  if (ZONE.test(given.slice(10))) return `${local}Z`;
  if (!isWithinYears(seconds, zone)) {
    throw new InvalidValueError(`is ${shown(value)}, which is outside of the years 1 to 9999 in UTC, read in ${zone}`);
  }
  warn('naive_times');
  return `${local} ${zone}`;
};

/** True where a time of a zone is from year 1 to 9999 in UTC. The offset is that of three days further in. */
function isWithinYears(local: Date, zone: string): boolean {
  const year = local.getUTCFullYear();
  if (year > 1 && year < 9999) return true;
  const inward = (year === 1 ? 3 : -3) * 86_400_000;
  const instant = instantOf(zone, localTime('UTC', new Date(local.getTime() + inward))).getTime() - inward;
  const yearInUtc = new Date(instant).getUTCFullYear();
  return yearInUtc >= 1 && yearInUtc <= 9999;
}

/** Reads hours as decimal text; PostgreSQL rounds to two places. */
export const hours: FieldReader = (value, warn) => {
  const given = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  const match = HOURS.exec(given);
  if (!match) throw new InvalidValueError(`is ${shown(value)}, not a number of hours`);
  const number = Number(given);
  if (number < 0) throw new InvalidValueError(`is ${shown(value)}: hours cannot be negative`);
  if (number >= MAX_HOURS + 0.005) throw new InvalidValueError(`is ${shown(value)}: more than ${MAX_HOURS} hours`);
  if (/[1-9]/.test(match.groups?.places?.slice(2) ?? '')) warn('hours_rounded');
  return given;
};

export const zone: FieldReader = (value) => {
  if (typeof value !== 'string' || !isTimeZone(value))
    throw new InvalidValueError(`is ${shown(value)}, which is no IANA time zone`);
  return value;
};

/** Reads a hash that the login can verify, or one that Django marks as unusable. Messages never quote it. */
export const passwordHash: FieldReader = (value, warn) => {
  const hash = isHashText(value) ? value : '';
  if (hash.startsWith('!')) {
    warn('unusable_password');
    return hash;
  }
  if (hashError(hash) === undefined) return hash;
  warn('password_reset');
  return NO_PASSWORD;
};

const isHashText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= MAX_HASH && value.isWellFormed() && !value.includes('\0');

/** Formats a value for messages: JSON, truncated. */
function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'missing';
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
