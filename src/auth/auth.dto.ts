import { IsString, Length } from 'class-validator';
import { OptionalNotNull, Trimmed } from '../core/http/field.validators.js';
import { IsNewPassword } from './passwords/new-password.validator.js';
import { TypedUsername } from './registration/registration.dto.js';
import { IsSecondFactorCode } from './second-factor.dto.js';

export class Credentials {
  /** @example "manager" */
  @TypedUsername()
  @IsString()
  @Length(1, 150)
  username: string;

  /** @example "trial-demo-2026" */
  @IsString()
  @Length(1, 1000)
  password: string;

  /**
   * Second factor, where the account has one: the code of the authenticator, or a recovery code.
   * @example "492039"
   */
  @OptionalNotNull()
  @IsSecondFactorCode()
  second_factor_code?: string;
}

export class AccessToken {
  /**
   * The access token, for `Authorization: Bearer …`.
   * @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.…"
   */
  access: string;
  /** @example "bearer" */
  token_type: string;
}

export class PasswordChange {
  /** @example "trial-demo-2026" */
  @IsString()
  @Length(1, 1000)
  old_password: string;

  /** @example "a much better one" */
  @IsNewPassword()
  new_password: string;
}

export class PasswordReset {
  /** @example "pQ3…" */
  @Trimmed()
  @IsString()
  @Length(1, 200)
  token: string;

  /** @example "a much better one" */
  @IsNewPassword()
  new_password: string;
}
