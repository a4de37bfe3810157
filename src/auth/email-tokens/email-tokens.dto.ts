import { IsEmailAddress } from '../../core/http/field.validators.js';

/** The address that a mail is requested for. */
export class Address {
  /** @example "asha@example.org" */
  @IsEmailAddress()
  email: string;
}
