import { Transform } from 'class-transformer';
import { IsString, Length, Matches, ValidateBy } from 'class-validator';
import { IsEmailAddress, IsIanaTimeZone, OptionalNotNull, Trimmed } from '../../core/http/field.validators.js';
import { normalizeText } from '../../core/normalized-text.js';
import { isReadableName } from '../../core/http/visible-text.js';
import { IsNewPassword } from '../passwords/new-password.validator.js';
import { isOfOneScript } from './username-scripts.js';

/** A username as typed: blanks around it left out, letters composed. */
export const TypedUsername = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? normalizeText(value.trim(), 'NFKC') : value,
  );

/** A name that others can read: accents and signs alone are none, and what cannot be seen makes two look alike. */
function IsReadable(): PropertyDecorator {
  return ValidateBy({
    name: 'isReadable',
    validator: {
      validate: (value) => typeof value === 'string' && isReadableName(value),
      defaultMessage: () => '$property must have at least one letter or digit, and no invisible characters',
    },
  });
}

/** Letters of several scripts in one name look alike: `mаnager` with a Cyrillic `а`. */
function IsOfOneScript(): PropertyDecorator {
  return ValidateBy({
    name: 'isOfOneScript',
    validator: {
      validate: (value) => typeof value === 'string' && isOfOneScript(value),
      defaultMessage: () => '$property must have letters of one script only, such as Latin or Greek',
    },
  });
}

/**
 * Restricts a name to letters and digits of any script and `@ . + - _`. The API documents say it in words alone: `\p{L}` is
 * not in the dialect of their `pattern`, and engines that read it otherwise refuse valid names.
 */
function IsOfNameCharacters(): PropertyDecorator {
  return Matches(/^[\p{L}\p{M}\p{N}@.+_-]+$/u, {
    message: '$property may have letters, digits and @ . + - _ only',
  });
}

export class Registration {
  /**
   * Letters of one script, digits and `@ . + - _`, at least one letter or digit; unique without regard to case, and to letters that
   * look alike.
   * @example "asha"
   */
  @TypedUsername()
  @IsOfOneScript()
  @IsReadable()
  @IsString()
  @Length(3, 150, { message: '$property must have 3 to 150 characters' })
  @IsOfNameCharacters()
  username: string;

  /** @example "asha@example.org" */
  @IsEmailAddress()
  email: string;

  /**
   * 8 to 100 characters; not a common one, not digits only, not close to the name or address. Needed, unless
   * `SIGN_UP_PASSWORD=confirmation` has it chosen at the link.
   * @example "correct horse battery"
   */
  @OptionalNotNull()
  @IsNewPassword()
  password?: string;

  /**
   * The IANA zone in which working hours are counted.
   * @example "Asia/Kolkata"
   */
  @OptionalNotNull()
  @IsIanaTimeZone()
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

  /**
   * The password of a new account: needed where none was chosen at sign-up; replaces the one that was.
   * @example "correct horse battery"
   */
  @OptionalNotNull()
  @IsNewPassword()
  password?: string;
}

export class Message {
  /** @example "Email verified successfully" */
  message: string;
}
