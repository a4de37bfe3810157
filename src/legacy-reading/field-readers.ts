import { MAX_ID, parseInstant } from '../core/fields.js';
import { normalizeText } from '../core/normalized-text.js';
import { isTimeZone } from '../core/working-calendar.js';
import { hashFault } from '../passwords/passwords.js';
import { type FindingCode } from './import-findings.js';

/** Why a value cannot be taken, in words that follow its field's name. */
export class Unfit extends Error {}

/**
 * Reads one value of a replaced system into what the database takes.
 *
 * @param see told what somebody should know although the value can be taken
 * @throws Unfit
 */
export type Reader = (value: unknown, see: (code: FindingCode) => void) => unknown;

const HOURS = /^-?\d+(?:\.(?<places>\d+))?(?:e[+-]?\d+)?$/i;
const MAX_HOURS = 9999.99;
const MAX_USERNAME = 150;
const MAX_ADDRESS = 254;
/** Bounds what is trimmed and normalized, before that is done. */
const [MAX_USERNAME_UNITS, MAX_ADDRESS_UNITS] = [4 * MAX_USERNAME, 4 * MAX_ADDRESS];
const FRACTION = /\.(\d{1,9})(?=Z|[+-]|$)/i;
const ZONE = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

/** Text of at most `max` characters, as PostgreSQL counts them. */
export function text(max = Infinity, blank: 'blank' | 'not blank' = 'not blank'): Reader {
  return (value) => {
    if (typeof value !== 'string') throw new Unfit('must be text');
    if (value.includes('\0')) throw new Unfit('has a NUL character');
    if (!value.isWellFormed()) throw new Unfit('has a broken Unicode character');
    if (value.length > max && [...value].length > max) throw new Unfit(`is longer than ${max} characters`);
    if (blank === 'not blank' && !value.trim()) throw new Unfit('is blank');
    return value;
  };
}

/** What is typed at login is brought into this form before it is compared. */
export const username: Reader = (value, see) => {
  const given = text(MAX_USERNAME_UNITS)(value, see) as string;
  const name = text(MAX_USERNAME)(normalizeText(given.trim(), 'NFKC'), see);
  if (name !== given) see('username_normalized');
  return name;
};

export const address: Reader = (value, see) => {
  const email = (text(MAX_ADDRESS_UNITS)(value, see) as string).trim();
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) see('odd_address');
  return text(MAX_ADDRESS)(email, see);
};

/** One of the labels, without regard to case; `TaskStatus.PENDING` is how Python prints `pending`. */
export function oneOf(labels: readonly string[]): Reader {
  return (value) => {
    const label = typeof value === 'string' ? value.toLowerCase().replace(/^[a-z]+\./, '') : '';
    if (!labels.includes(label)) throw new Unfit(`is ${shown(value)}, not one of ${labels.join(', ')}`);
    return label;
  };
}

export const blankAsNull =
  (read: Reader): Reader =>
  (value, see) =>
    value === '' ? null : read(value, see);

export const flag: Reader = (value) => {
  if (typeof value !== 'boolean') throw new Unfit(`is ${shown(value)}, not true or false`);
  return value;
};

/** An id of a record, as a whole number that fits the column. */
export function id(max = MAX_ID): Reader {
  return (value) => {
    if (Array.isArray(value)) throw new Unfit('is a natural key: dump without --natural-foreign and --natural-primary');
    const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
    if (!Number.isInteger(number) || (number as number) < 1 || (number as number) > max) {
      throw new Unfit(`is ${shown(value)}, not a whole number from 1 to ${max}`);
    }
    return number;
  };
}

/** An instant to the microsecond. Without a zone it is read as UTC. */
export const instant: Reader = (value, see) => {
  const given = typeof value === 'string' ? value.trim() : '';
  const seconds = parseInstant(given.replace(FRACTION, ''));
  if (!(seconds instanceof Date)) throw new Unfit(`is ${shown(value)}, not a time that can be read`);
  if (!ZONE.test(given.slice(10))) see('naive_times');
  const micros = (FRACTION.exec(given)?.[1] ?? '').padEnd(6, '0').slice(0, 6);
  return `${seconds.toISOString().slice(0, 19)}.${micros}Z`;
};

/** Hours as decimal text; PostgreSQL rounds to two places. */
export const hours: Reader = (value, see) => {
  const given = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  const match = HOURS.exec(given);
  if (!match) throw new Unfit(`is ${shown(value)}, not a number of hours`);
  const number = Number(given);
  if (number < 0) throw new Unfit(`is ${shown(value)}: hours cannot be negative`);
  if (number >= MAX_HOURS + 0.005) throw new Unfit(`is ${shown(value)}: more than ${MAX_HOURS} hours`);
  if (/[1-9]/.test(match.groups?.places?.slice(2) ?? '')) see('hours_rounded');
  return given;
};

export const zone: Reader = (value) => {
  if (typeof value !== 'string' || !isTimeZone(value))
    throw new Unfit(`is ${shown(value)}, which is no IANA time zone`);
  return value;
};

/** A hash that the login can verify, or one that Django marks as unusable. It is never shown. */
export const passwordHash: Reader = (value, see) => {
  const hash = text(1000, 'blank')(value, see) as string;
  const fault = hashFault(hash);
  if (hash.startsWith('!')) see('unusable_password');
  else if (fault) throw new Unfit(fault);
  return hash;
};

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'missing';
  return json.length > 60 ? `${json.slice(0, 60)}…` : json;
}
