import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { OptionalNullable } from '../../../core/http/field.validators.js';
import { IsText } from '../records/text.validators.js';

/**
 * True for a code of a participant as sites give them: a digit, and no blank. A name, initials and a name with a day of birth
 * are none, so that neither a person nor a file made for other purposes brings them.
 */
export const isParticipantCode = (text: string): boolean => /\d/.test(text) && !/[\s,]/.test(text);

/** Accepts the code of a participant; it may be left out, or null. */
export function IsOptionalParticipantCode(): PropertyDecorator {
  const validate = (value: unknown) => typeof value !== 'string' || isParticipantCode(value);
  const defaultMessage = () =>
    '$property must have a digit and no blank, as codes of participants do; no name is taken';
  const isCode = ValidateBy({ name: 'notACode', validator: { validate, defaultMessage } });
  return applyDecorators(OptionalNullable(), IsText(50), isCode);
}
