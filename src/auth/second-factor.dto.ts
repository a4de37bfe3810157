import { applyDecorators } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { Trimmed } from '../core/http/field.validators.js';

/** A code of an authenticator or, longer, a recovery code. */
export function IsSecondFactorCode(): PropertyDecorator {
  return applyDecorators(IsString(), Length(6, 64, { message: '$property must have 6 to 64 characters' }), Trimmed());
}

export class SecondFactorStart {
  /** @example "trial-demo-2026" */
  @IsString()
  @Length(1, 1000)
  current_password: string;
}

export class SecondFactorConfirmation {
  /**
   * What the authenticator shows.
   * @example "492039"
   */
  @IsSecondFactorCode()
  code: string;
}

export class SecondFactorProof {
  /** @example "trial-demo-2026" */
  @IsString()
  @Length(1, 1000)
  current_password: string;

  /**
   * Of the authenticator, or a recovery code.
   * @example "492039"
   */
  @IsSecondFactorCode()
  code: string;
}

export class SecondFactorStatus {
  /** Whether a login needs a code. */
  active: boolean;
  /** Since when. */
  since: Date | null;
  /** Whether one was begun and is still to be confirmed. */
  unconfirmed: boolean;
  /** Whether the role needs one: without it, nothing but the own account can be used. */
  required: boolean;
  /** @example 10 */
  recovery_codes_left: number;
}

export class SecondFactorSecret {
  /**
   * In base32, to be typed into an authenticator.
   * @example "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
   */
  secret: string;
  /**
   * The same as the content of a QR code.
   * @example "otpauth://totp/CTMS:manager?issuer=CTMS&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&algorithm=SHA1&digits=6&period=30"
   */
  uri: string;
}

export class RecoveryCodes {
  /**
   * Each signs in once in place of a code. They are not shown again.
   * @example ["JBSWY3-DPEHPK-3PXPJB-SWY3DP"]
   */
  recovery_codes: string[];
}
