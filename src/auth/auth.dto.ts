import { Transform } from 'class-transformer';
import { IsString, Length, Matches } from 'class-validator';
import { applyDecorators } from '@nestjs/common';
import { Says } from '../core/docs.js';
import { IsAddress, IsZone, Optional, Trimmed } from '../core/fields.js';

const normalized = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' ? value.trim().normalize('NFKC') : value,
);

/** A password that is being chosen; 8 to 100 characters of any kind. */
function IsNewPassword(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    Length(8, 100, { message: '$property must have 8 to 100 characters' }),
    Says({ minLength: 8, maxLength: 100 }),
  );
}

export class Registration {
  /**
   * Letters, digits and `@ . + - _`; unique without regard to case.
   * @example "asha"
   */
  @normalized
  @IsString()
  @Length(3, 150, { message: '$property must have 3 to 150 characters' })
  @Matches(/^[\p{L}\p{M}\p{N}@.+_-]+$/u, { message: '$property may have letters, digits and @ . + - _ only' })
  username: string;

  /** @example "asha@example.org" */
  @IsAddress()
  email: string;

  /**
   * 8 to 100 characters; not a common one, not digits only, not close to the name or address.
   * @example "correct horse battery"
   */
  @IsNewPassword()
  password: string;

  /**
   * The IANA zone in which working hours are counted.
   * @example "Asia/Kolkata"
   */
  @Optional()
  @IsZone()
  timezone?: string;
}

export class Registered {
  /** @example "User registered. Verify email to activate account." */
  message: string;
  /** The token, in development only; otherwise it travels by e-mail alone. */
  verification_token: string | null;
}

export class Verification {
  /** @example "pQ3…" */
  @Trimmed()
  @IsString()
  @Length(1, 200)
  token: string;
}

/** Where a mail is to go. */
export class Address {
  /** @example "asha@example.org" */
  @IsAddress()
  email: string;
}

export class Message {
  /** @example "Email verified successfully" */
  message: string;
}

export class Detail {
  /** @example "Logged out successfully" */
  detail: string;
}

export class Credentials {
  /** @example "manager" */
  @normalized
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
