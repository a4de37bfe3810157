import { applyDecorators } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { ApiSchemaHint } from '../../core/http/api-docs.decorators.js';
import { Composed } from '../../core/http/field.validators.js';

/** A password that is being chosen: 8 to 100 characters of any kind, counted in the form in which they are hashed. */
export function IsNewPassword(): PropertyDecorator {
  return applyDecorators(
    Composed(),
    IsString(),
    Length(8, 100, { message: '$property must have 8 to 100 characters' }),
    ApiSchemaHint({ minLength: 8, maxLength: 100 }),
  );
}
