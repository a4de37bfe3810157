import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { type Actor } from '../authorization/actor.js';
import { parseInstant, restorePlus } from './field.validators.js';
import { startOfDay } from '../authorization/local-time.js';
import { validationError, type FieldError } from './problem.js';

/** End of a time range: a calendar day, kept as text since its zone is that of the caller; or an instant. */
export type DayOrInstant = { readonly day: string } | Date;

/** Filter whose ends are resolved to instants. */
export type WithInstants<F> = {
  [K in keyof F]: DayOrInstant extends NonNullable<F[K]> ? Date | Extract<F[K], undefined> : F[K];
};

const EARLIEST = new Date('0001-01-01T00:00:00Z');
const LATEST = new Date('9999-12-31T23:59:59.999Z');

/** Accepts an end of a time range: a day like `2026-03-01`, or an instant in any form of `IsIsoDateTime`. */
export function IsDayOrInstant(): PropertyDecorator {
  return applyDecorators(
    // Not `ApiSchemaHint`: the documents list the ends of a range before the other parameters.
    ApiPropertyOptional({ type: 'string' }),
    Transform(({ value }: { value: unknown }) => {
      const parsed = parseInstant(restorePlus(value));
      return parsed instanceof Date && typeof value === 'string' && value.length === 10 ? { day: value } : parsed;
    }),
    ValidateBy({
      name: 'isDayOrInstant',
      validator: {
        validate: (value) => value instanceof Date || (typeof value === 'object' && value !== null && 'day' in value),
        defaultMessage: () => '$property must be a day like 2026-03-01 or a time like 2026-03-01T09:30:00Z (ISO 8601)',
      },
    }),
  );
}

/**
 * Resolves both ends of a time range. A day stands for the whole of it in the caller's zone: at the start for its
 * first instant, at the end for the first instant of the next day. An instant stands for itself; the end is
 * exclusive.
 *
 * @throws Problem 422 for a range that is empty or ends before it begins
 */
export function spanned<F extends object>(
  { timeZone }: Pick<Actor, 'timeZone'>,
  filter: F,
  from: keyof F & string,
  to: keyof F & string,
): WithInstants<F> {
  const ends = filter as Partial<Record<string, DayOrInstant>>;
  const first = resolved(ends[from], timeZone, 0);
  const last = resolved(ends[to], timeZone, 1);
  if (first && last && first >= last) throw validationError([emptySpan({ from, to }, ends, first, last)]);
  return { ...filter, ...(first && { [from]: first }), ...(last && { [to]: last }) } as WithInstants<F>;
}

function resolved(end: DayOrInstant | undefined, zone: string, daysLater: 0 | 1): Date | undefined {
  if (end === undefined || end instanceof Date) return end;
  const instant = startOfDay(zone, end.day, daysLater);
  return instant < EARLIEST ? EARLIEST : instant > LATEST ? LATEST : instant;
}

function emptySpan(
  { from, to }: { from: string; to: string },
  ends: Partial<Record<string, DayOrInstant>>,
  first: Date,
  last: Date,
): FieldError {
  const [start, end] = [shown(ends[from]), shown(ends[to])];
  if (first > last || (start !== end && !(ends[to] instanceof Date)))
    return { field: from, code: 'after_to', message: `${from} (${start}) must not be after ${to} (${end})` };
  const message =
    `Nothing lies between ${from} (${start}) and ${to} (${end}): a time given as ${to} is excluded; ` +
    'give a later one, or a date such as 2026-03-01, which counts as the whole day';
  return { field: to, code: 'empty_span', message };
}

const shown = (end: DayOrInstant | undefined): string => (end instanceof Date ? end.toISOString() : (end?.day ?? ''));
