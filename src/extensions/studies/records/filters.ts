import { applyDecorators } from '@nestjs/common';
import { IsIn, Length, Matches } from 'class-validator';
import { validationError } from '../../../core/http/problem.js';
import {
  CommaSeparated,
  GIVEN_ONCE,
  IsId,
  oneOf,
  OptionalNotNull,
  toNumber,
} from '../../../core/http/field.validators.js';

/** Filter by any of some values, separated by commas or repeated. */
export const AnyOf = (values: readonly string[]): PropertyDecorator =>
  applyDecorators(OptionalNotNull(), CommaSeparated(), IsIn(values, { each: true, message: oneOf(values) }));

/** Filter by any of some ids. */
export const AnyId = (): PropertyDecorator =>
  applyDecorators(OptionalNotNull(), CommaSeparated(toNumber), IsId({ each: true }));

/** Filter by any of some texts. */
export const AnyText = (): PropertyDecorator =>
  applyDecorators(OptionalNotNull(), CommaSeparated(), Length(1, 200, { each: true, ...GIVEN_ONCE }));

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
