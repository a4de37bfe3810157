import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { ApiSchemaHint } from '../../../core/http/api-docs.decorators.js';
import { OptionalNotNull, OptionalNullable, parseInstant } from '../../../core/http/field.validators.js';

const DAY = /^\d{4}-\d\d-\d\d$/;
const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/** True for a day of the calendar, `YYYY-MM-DD`. */
export const isDay = (value: unknown): value is string =>
  typeof value === 'string' && DAY.test(value) && parseInstant(value) instanceof Date;

/** True for a day or a month, `YYYY-MM`, as registries have them. */
export const isPartialDay = (value: unknown): value is string =>
  isDay(value) || (typeof value === 'string' && MONTH.test(value) && isDay(`${value}-01`));

/** Accepts a day like `2026-03-01`. */
export function IsDay(): PropertyDecorator {
  return applyDecorators(
    ApiSchemaHint({ format: 'date' }),
    ValidateBy({
      name: 'isDay',
      validator: { validate: isDay, defaultMessage: () => '$property must be a day like 2026-03-01' },
    }),
  );
}

/** Accepts a day like `2026-03-01` or a month like `2026-03`. */
export function IsPartialDay(): PropertyDecorator {
  return ValidateBy({
    name: 'isPartialDay',
    validator: {
      validate: isPartialDay,
      defaultMessage: () => '$property must be a day like 2026-03-01 or a month like 2026-03',
    },
  });
}

/** A day that may be left out, or null. */
export const IsOptionalDay = (): PropertyDecorator => applyDecorators(OptionalNullable(), IsDay());

/** An end of a span of days in a query. */
export const IsDayFilter = (): PropertyDecorator => applyDecorators(OptionalNotNull(), IsDay());
