import { IsEmailAddress } from '../../core/http/field.validators.js';

/** Where a mail is to go. */
export class Address {
  /** @example "asha@example.org" */
  @IsEmailAddress()
  email: string;
}
