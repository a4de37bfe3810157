import { applyDecorators } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { Trimmed } from '../core/http/field.validators.js';
import { Count } from '../core/http/schema.decorators.js';

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
   * Code of the authenticator.
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
   * Code of the authenticator, or a recovery code.
   * @example "492039"
   */
  @IsSecondFactorCode()
  code: string;
}

export class SecondFactorStatus {
  /** True where a log-in needs a code. */
  active: boolean;
  /** Time of activation. */
  since: Date | null;
  /** True where a set-up was started and not confirmed. */
  unconfirmed: boolean;
  /** True where the role requires one: without it, you can use your own account only. */
  required: boolean;
  /** @example 10 */
  @Count()
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
