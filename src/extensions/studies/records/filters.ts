import { applyDecorators } from '@nestjs/common';
import { IsIn, Length, Matches } from 'class-validator';
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

/** One sort key, with `-` before it for descending. */
export const SortedBy = (keys: readonly string[]): PropertyDecorator =>
  applyDecorators(
    OptionalNotNull(),
    Matches(new RegExp(`^-?(${keys.join('|')})$`), {
      message: `$property must be one of ${keys.join(', ')}, with or without -`,
    }),
  );
