import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import {
  IsArray,
  IsEmail,
  IsInt,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateBy,
  ValidateIf,
  type ValidationOptions,
} from 'class-validator';
import { ApiSchemaHint } from './api-docs.decorators.js';
import { Day, EmailAddress, Id, Instant, Integer, MAX_INT32 } from './schema.decorators.js';
import { isCanonicalAddress } from './email-address.js';
import { normalizeText } from '../normalized-text.js';
import { isVisible } from './visible-text.js';
import { isTimeZone } from '../authorization/local-time.js';

/** Maximum of PostgreSQL's `integer`. */
export const MAX_ID = MAX_INT32;
const ISO_INSTANT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const MICROSECOND_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const HOURS = /^[0-9]{1,4}(?:\.[0-9]{1,2})?$/;

/** Allows a field to be left out, but not to be null; `@IsOptional()` would let null through. */
export function OptionalNotNull(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

/** Allows a field to be left out or null. */
export function OptionalNullable(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined && value !== null);
}

/** Message for a value outside of a list. */
export const oneOf = (values: readonly string[]): string => `$property must be one of ${values.join(', ')}`;

/** Message of `@Length` for a text query parameter; one that is given several times is a list. */
export const GIVEN_ONCE = { message: '$property must be text of $constraint1 to $constraint2 characters, given once' };

/** Accepts a whole number from `min` to `max`, and documents it as such. */
export function IsInteger(min: number, max: number, options?: ValidationOptions): PropertyDecorator {
  return applyDecorators(
    Integer({ minimum: min, maximum: max }),
    // The order of stacked decorators, the last one first: of several rules that fail, the answer names the first.
    Max(max, options),
    Min(min, options),
    IsInt(options),
  );
}

/** Accepts the id of a record: an integer that PostgreSQL can hold. */
export function IsId(options?: ValidationOptions): PropertyDecorator {
  const message = `$property must be an id: a whole number from 1 to ${MAX_ID}`;
  return applyDecorators(
    Id(),
    IsInt({ message, ...options }),
    Min(1, { message, ...options }),
    Max(MAX_ID, { message, ...options }),
  );
}

/** Accepts an array of ids. */
export function IsIds(): PropertyDecorator {
  return applyDecorators(IsArray({ message: '$property must be a list of ids' }), IsId({ each: true }));
}

/**
 * Accepts an instant in ISO 8601 with any offset, converted to a `Date`. Without an offset it is read as UTC,
 * independent of the server's zone; a date alone is its midnight.
 *
 * @param inQuery true for a query parameter, in which the plus of an offset may arrive as a blank
 */
export function IsIsoDateTime({ inQuery = false }: { readonly inQuery?: boolean } = {}): PropertyDecorator {
  return applyDecorators(
    Instant(),
    Transform(({ value }: { value: unknown }) => parseInstant(inQuery ? restorePlus(value) : value)),
    ValidateBy({
      name: 'isInstant',
      validator: {
        validate: (value) => value instanceof Date,
        defaultMessage: () => '$property must be a time like 2026-03-01T09:30:00Z (ISO 8601), from year 1 to 9999',
      },
    }),
  );
}

/**
 * Restores the plus of an offset in a query parameter: `…T09:30:00+05:30` that the client did not percent-encode arrives
 * with a blank for it.
 */
export const restorePlus = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/^(\d{4}-\d\d-\d\dT[\d:.]{5,18}) (\d\d(?::?\d\d)?)$/i, '$1+$2') : value;

/** Parses an instant. @returns a `Date`, or the value itself if it is no instant, for the validator to reject */
export function parseInstant(value: unknown): unknown {
  if (typeof value !== 'string' || !ISO_INSTANT.test(value)) return value;
  const withTime = value.length === 10 ? `${value}T00:00Z` : value.replace(' ', 'T');
  const complete = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i.test(withTime.slice(11)) ? withTime : `${withTime}Z`;
  const parsed = new Date(complete.replace(/([+-]\d\d)(\d\d)$/, '$1:$2').replace(/(T.*[+-]\d\d)$/i, '$1:00'));
  const year = parsed.getUTCFullYear();
  return Number.isNaN(parsed.getTime()) || !onCalendar(value) || year < 1 || year > 9999 ? value : parsed;
}

/** Accepts a day of the calendar, such as `2026-03-01`, from year 1 to 9999, as text: it has no time zone. */
export function IsDay(options?: ValidationOptions): PropertyDecorator {
  const defaultMessage = () => '$property must be a day like 2026-03-01, from year 1 to 9999';
  return applyDecorators(Day(), ValidateBy({ name: 'isDay', validator: { validate: isDay, defaultMessage } }, options));
}

/** True for a day of the calendar as text, such as `2026-03-01`. */
export function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^(?!0000)\d{4}-\d\d-\d\d$/.test(value) && onCalendar(value);
}

/** Rejects dates that JavaScript would roll over, such as 31 February. */
function onCalendar(value: string): boolean {
  const [year, month, day] = value.slice(0, 10).split('-').map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/**
 * Accepts a point in time, kept as text to the microsecond, the precision of audit entries. A time to the
 * millisecond, or less precise, stands for the end of that millisecond.
 */
export function IsMicrosecondTime(): PropertyDecorator {
  return applyDecorators(
    Instant(),
    Transform(({ value }: { value: unknown }) => parseMicrosecondTime(restorePlus(value))),
    ValidateBy({
      name: 'isMoment',
      validator: {
        validate: (value) => typeof value === 'string' && MICROSECOND_TIME.test(value),
        defaultMessage: () => '$property must be a time like 2026-03-01T09:30:00Z (ISO 8601), from year 1 to 9999',
      },
    }),
  );
}

function parseMicrosecondTime(value: unknown): unknown {
  const parsed = parseInstant(value);
  if (!(parsed instanceof Date)) return 'no time';
  const [, micros] = /[.]\d{3}(\d{1,3})/.exec(String(value)) ?? [];
  return `${parsed.toISOString().slice(0, -1)}${micros?.padEnd(3, '0') ?? '999'}Z`;
}

/**
 * Accepts hours from 0 to 9999.99 with at most two decimal places: a JSON number or a numeric string; converted to a
 * string with two places.
 */
export function IsHours(): PropertyDecorator {
  return applyDecorators(
    ApiSchemaHint({ pattern: HOURS.source }),
    Transform(({ value }: { value: unknown }) => parseHours(value)),
    ValidateBy({
      name: 'isHours',
      validator: {
        validate: (value) => typeof value === 'string' && /^\d{1,4}\.\d\d$/.test(value),
        defaultMessage: () => '$property must be hours from 0 to 9999.99 with at most two decimal places',
      },
    }),
  );
}

function parseHours(value: unknown): unknown {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (!HOURS.test(text)) return value === '' || typeof value === 'string' ? 'not hours' : value;
  const [whole = '0', places = ''] = text.split('.');
  return `${Number(whole)}.${places.padEnd(2, '0')}`;
}

/** Brings text into NFC, so that texts that look the same are equal, whether the client composes letters or not. */
export function Composed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? normalizeText(value, 'NFC') : value,
  );
}

/** Brings text into NFC and removes blanks at its ends. */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? normalizeText(value.trim(), 'NFC') : value,
  );
}

/** Requires visible text: at least one letter, number, punctuation mark or symbol. */
export function HasVisibleText(): PropertyDecorator {
  return ValidateBy({
    name: 'isVisible',
    validator: {
      validate: (value) => typeof value === 'string' && isVisible(value),
      defaultMessage: () => '$property must have at least one visible character',
    },
  });
}

/** Accepts an IANA zone or alias that the runtime knows. */
export function IsIanaTimeZone(): PropertyDecorator {
  return ValidateBy({
    name: 'isTimeZone',
    validator: {
      validate: (value) => typeof value === 'string' && isTimeZone(value),
      defaultMessage: () => '$property must be an IANA time zone such as Asia/Kolkata or Europe/Berlin',
    },
  });
}

export function IsEmailAddress(): PropertyDecorator {
  return applyDecorators(
    Trimmed(),
    ValidateBy({
      name: 'isCanonicalAddress',
      validator: {
        validate: (value) => typeof value === 'string' && isCanonicalAddress(value),
        defaultMessage: () => '$property must have no blanks or invisible characters, and a domain as it is registered',
      },
    }),
    IsString({ message: '$property must be an e-mail address' }),
    IsEmail({}, { message: '$property must be an e-mail address' }),
    MaxLength(254),
    EmailAddress(),
    ApiSchemaHint({ maxLength: 254 }),
  );
}

/** Splits a query parameter that is repeated or has commas; any of the values matches. */
export function CommaSeparated(parse: (text: string) => unknown = (text) => text): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    value === undefined
      ? undefined
      : [value]
          .flat()
          .flatMap((part) => String(part).split(','))
          .map((part) => parse(part.trim())),
  );
}

/** Converts a query parameter to a whole number. */
export function ParseNumber(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => toNumber(value));
}

export function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

/** Converts a query parameter to a boolean. */
export function ParseBoolean(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value));
}
