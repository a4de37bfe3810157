import { createHash } from 'node:crypto';
import { MAX_ID, parseInstant } from '../../core/http/field.validators.js';
import { normalizeText } from '../../core/normalized-text.js';
import { isTimeZone } from '../../core/authorization/local-time.js';
import { hashError } from '../../auth/passwords/password-hasher.service.js';
import { type FindingCode } from './import-findings.js';

export const CORRECT_AND_DUMP = 'Correct it in the old system, and dump again';

/** Why a value cannot be taken, in words that follow its field's name; and what to do about it. */
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
  /** Negative, so that it is no id of the source, and the same for the same name in each dump. */
  readonly pk: number;

  constructor(
    readonly entity: 'user' | 'tag',
    readonly name: string,
  ) {
    const digest = createHash('sha256').update(`${entity}\0${name.toLowerCase()}`).digest('hex');
    this.pk = -1 - Number.parseInt(digest.slice(0, 12), 16);
  }
}

/** Stands for a hash that no password has: its user asks for a new password. */
export const NO_PASSWORD = '!legacy';

/**
 * Reads one value of a replaced system into what the database takes.
 *
 * @param see told what somebody should know although the value can be taken
 * @param zone IANA zone of times that have none; default UTC
 * @throws Unfit
 */
export type FieldReader = (value: unknown, see: (code: FindingCode) => void, zone?: string) => unknown;

const HOURS = /^-?\d+(?:\.(?<places>\d+))?(?:e[+-]?\d+)?$/i;
const MAX_HOURS = 9999.99;
const MAX_USERNAME = 150;
const MAX_ADDRESS = 254;
/** Bounds what is trimmed and normalized, before that is done. */
const [MAX_USERNAME_UNITS, MAX_ADDRESS_UNITS] = [4 * MAX_USERNAME, 4 * MAX_ADDRESS];
const FRACTION = /\.(\d{1,9})(?=Z|[+-]|$)/i;
const ZONE = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

/** Text of at most `max` characters, as PostgreSQL counts them. */
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

/** What is typed at login is brought into this form before it is compared. */
export const username: FieldReader = (value, see) => {
  const given = text(MAX_USERNAME_UNITS)(value, see) as string;
  const name = text(MAX_USERNAME)(normalizeText(given.trim(), 'NFKC'), see);
  if (name !== given) see('username_normalized');
  return name;
};

export const address: FieldReader = (value, see) => {
  const email = normalizeText((text(MAX_ADDRESS_UNITS)(value, see) as string).trim(), 'NFC');
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) see('odd_address');
  return text(MAX_ADDRESS)(email, see);
};

/** One of the labels, without regard to case; `TaskStatus.PENDING` is how Python prints `pending`. */
export function oneOf(labels: readonly string[]): FieldReader {
  return (value) => {
    const label = typeof value === 'string' ? value.toLowerCase().replace(/^[a-z]+\./, '') : '';
    if (!labels.includes(label)) throw new InvalidValueError(`is ${shown(value)}, not one of ${labels.join(', ')}`);
    return label;
  };
}

/** Text in the form NFC: what looks the same is the same. */
export function composed(read: FieldReader): FieldReader {
  return (value, see) => {
    const given = read(value, see);
    return typeof given === 'string' ? normalizeText(given, 'NFC') : given;
  };
}

export const blankAsNull =
  (read: FieldReader): FieldReader =>
  (value, see) =>
    value === '' ? null : read(value, see);

export const flag: FieldReader = (value) => {
  if (typeof value !== 'boolean') throw new InvalidValueError(`is ${shown(value)}, not true or false`);
  return value;
};

/** An id of a record, as a whole number that fits the column. */
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

/** A reference by id or, as Django dumps users, by name: `["asha"]`. */
export function reference(entity: 'user' | 'tag'): FieldReader {
  return (value, see) => {
    if (!Array.isArray(value) || value.length !== 1 || typeof value[0] !== 'string') return id()(value, see);
    return naturalKey(entity, value[0]);
  };
}

/** @throws Unfit where it is too long to be a name */
export function naturalKey(entity: 'user' | 'tag', name: string): NaturalKey {
  const given = text(MAX_USERNAME_UNITS)(name, () => undefined) as string;
  return new NaturalKey(entity, entity === 'user' ? normalizeText(given.trim(), 'NFKC') : normalizeText(given, 'NFC'));
}

/** An instant to the microsecond, as PostgreSQL reads it. */
export const instant: FieldReader = (value, see, zone = 'UTC') => {
  const given = typeof value === 'string' ? value.trim() : '';
  const seconds = parseInstant(given.replace(FRACTION, ''));
  if (!(seconds instanceof Date)) {
    throw new InvalidValueError(`is ${shown(value)}, not a time that can be read: ISO 8601, from year 1 to 9999`);
  }
  const micros = (FRACTION.exec(given)?.[1] ?? '').padEnd(6, '0').slice(0, 6);
  const local = `${seconds.toISOString().slice(0, 19)}.${micros}`;
  if (ZONE.test(given.slice(10))) return `${local}Z`;
  see('naive_times');
  return `${local} ${zone}`;
};

/** Hours as decimal text; PostgreSQL rounds to two places. */
export const hours: FieldReader = (value, see) => {
  const given = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  const match = HOURS.exec(given);
  if (!match) throw new InvalidValueError(`is ${shown(value)}, not a number of hours`);
  const number = Number(given);
  if (number < 0) throw new InvalidValueError(`is ${shown(value)}: hours cannot be negative`);
  if (number >= MAX_HOURS + 0.005) throw new InvalidValueError(`is ${shown(value)}: more than ${MAX_HOURS} hours`);
  if (/[1-9]/.test(match.groups?.places?.slice(2) ?? '')) see('hours_rounded');
  return given;
};

export const zone: FieldReader = (value) => {
  if (typeof value !== 'string' || !isTimeZone(value))
    throw new InvalidValueError(`is ${shown(value)}, which is no IANA time zone`);
  return value;
};

/** A hash that the login can verify, or one that Django marks as unusable. It is never shown. */
export const passwordHash: FieldReader = (value, see) => {
  const hash = text(1000, 'blank')(typeof value === 'string' ? value.slice(0, 1001) : value, see) as string;
  if (hash.startsWith('!')) {
    see('unusable_password');
    return hash;
  }
  if (hashError(hash) === undefined) return hash;
  see('password_reset');
  return NO_PASSWORD;
};

/** A value as messages show it: JSON, cut. */
export function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'missing';
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
