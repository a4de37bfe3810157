import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { Day } from '../../../core/http/schema.decorators.js';
import { IsDay, isDay, OptionalNotNull, OptionalNullable } from '../../../core/http/field.validators.js';

const MONTH = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/** True for a day until the end of 9998: the deadlines and the ends of events after it have years of four digits too. */
const isStudyDay = (value: unknown): value is string => isDay(value) && value < '9999';

/** True for a day or a month, `YYYY-MM`, as registries have them. */
const isPartialDay = (value: unknown): value is string =>
  isStudyDay(value) || (typeof value === 'string' && MONTH.test(value) && isStudyDay(`${value}-01`));

/** Accepts a day like `2026-03-01`, from year 1 to 9998. */
export function IsStudyDay(): PropertyDecorator {
  const defaultMessage = () => '$property must be a day like 2026-03-01, from year 1 to 9998';
  return applyDecorators(Day(), ValidateBy({ name: 'isDay', validator: { validate: isStudyDay, defaultMessage } }));
}

/** Accepts a day like `2026-03-01` or a month like `2026-03`, from year 1 to 9998. */
export function IsPartialDay(): PropertyDecorator {
  return ValidateBy({
    name: 'isPartialDay',
    validator: {
      validate: isPartialDay,
      defaultMessage: () => '$property must be a day like 2026-03-01 or a month like 2026-03, from year 1 to 9998',
    },
  });
}

/** A day that may be left out, or null. */
export const IsOptionalDay = (): PropertyDecorator => applyDecorators(OptionalNullable(), IsStudyDay());

/** An end of a span of days in a query. */
export const IsDayFilter = (): PropertyDecorator => applyDecorators(OptionalNotNull(), IsDay());
