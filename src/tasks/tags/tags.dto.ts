import { IsString, Length } from 'class-validator';
import { HasVisibleText, Trimmed } from '../../core/http/field.validators.js';
import { ReadOnly } from '../../core/http/validation.pipe.js';
import { Id } from '../../core/http/schema.decorators.js';

export class TagView {
  /** @example 1 */
  @Id()
  id: number;
  /** @example "informed-consent" */
  name: string;
}

@ReadOnly('id')
export class NewTag {
  /**
   * Unique, ignoring case.
   * @example "site-audit"
   */
  @Trimmed()
  @HasVisibleText()
  @IsString()
  @Length(1, 50, { message: '$property must have 1 to 50 characters, not only blanks' })
  name: string;
}
