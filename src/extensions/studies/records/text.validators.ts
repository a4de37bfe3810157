import { applyDecorators } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { HasVisibleText, OptionalNullable, Trimmed } from '../../../core/http/field.validators.js';

/** Accepts visible text of at most `max` characters. */
export function IsText(max: number): PropertyDecorator {
  return applyDecorators(
    Trimmed(),
    HasVisibleText(),
    IsString(),
    Length(1, max, { message: `$property must have 1 to ${max} characters, not only blanks` }),
  );
}

/** The same, for a field that may be left out, or null. */
export const IsOptionalText = (max: number): PropertyDecorator => applyDecorators(OptionalNullable(), IsText(max));
