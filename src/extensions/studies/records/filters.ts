import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsIn, Length, Matches } from 'class-validator';
import { validationError } from '../../../core/http/problem.js';
import { CommaSeparated, IsId, oneOf, OptionalNotNull, toNumber } from '../../../core/http/field.validators.js';
import { normalizeText } from '../../../core/normalized-text.js';

/** Filter by any of some values, separated by commas or repeated. */
export const AnyOf = (values: readonly string[]): PropertyDecorator =>
  applyDecorators(OptionalNotNull(), CommaSeparated(), IsIn(values, { each: true, message: oneOf(values) }));

/** Filter by any of some ids. */
export const AnyId = (): PropertyDecorator =>
  applyDecorators(OptionalNotNull(), CommaSeparated(toNumber), IsId({ each: true }));

const MAX_TEXT = 200;

/** Filter by any of some texts, separated by commas or repeated; one that has commas may also be that text as a whole. */
export const AnyText = (): PropertyDecorator =>
  applyDecorators(
    OptionalNotNull(),
    Transform(({ value }: { value: unknown }) => (value === undefined ? undefined : [value].flat().flatMap(textsOf))),
    Length(1, MAX_TEXT, {
      each: true,
      message: 'each value of $property must be text of $constraint1 to $constraint2 characters',
    }),
  );

/** In NFC, as texts are stored. */
function textsOf(value: unknown): string[] {
  const whole = String(value);
  const parts = whole.split(',');
  const texts = parts.length > 1 && whole.length <= MAX_TEXT ? [...parts, whole] : parts;
  return texts.map((text) => normalizeText(text.trim(), 'NFC'));
}

/** @throws Problem 422 where a span of days, both included, is backward */
export function assertForward<F extends object>(filter: F, from: keyof F & string, to: keyof F & string): void {
  const [start, end] = [filter[from], filter[to]];
  if (typeof start !== 'string' || typeof end !== 'string' || start <= end) return;
  const message = `${from} (${start}) must not be after ${to} (${end})`;
  throw validationError([{ field: from, code: 'after_to', message }]);
}

/** One sort key, with `-` before it for descending. */
export const SortedBy = (keys: readonly string[]): PropertyDecorator =>
  applyDecorators(
    OptionalNotNull(),
    Matches(new RegExp(`^-?(${keys.join('|')})$`), {
      message: `$property must be one of ${keys.join(', ')}, with or without -`,
    }),
  );
