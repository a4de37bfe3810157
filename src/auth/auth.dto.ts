import { IsString, Length } from 'class-validator';
import { Trimmed } from '../core/fields.js';
import { IsNewPassword } from '../passwords/new-password.js';
import { TypedUsername } from '../registration/registration.dto.js';

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
}

export class AccessToken {
  /** The access token, for `Authorization: Bearer …`. */
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
