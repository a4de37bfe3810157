import { type Config } from '../../core/config/config.js';
import { PasswordResetToken } from './password-reset-token.entity.js';
import { VerificationToken } from './verification-token.entity.js';

/** The columns that both kinds of tokens have. */
export interface StoredToken {
  readonly id: number;
  readonly userId: number;
  readonly tokenHash: string;
  readonly tokenSalt: string | null;
  readonly email: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
}

export interface TokenKind<T extends StoredToken> {
  /** Part of the MAC, so that a token of one kind is never accepted as the other. */
  readonly purpose: string;
  readonly entity: new () => T;
  readonly table: string;
  readonly seconds: (config: Config) => number;
}

export const VERIFICATION: TokenKind<VerificationToken> = {
  purpose: 'verify-email',
  entity: VerificationToken,
  table: 'email_verification_tokens',
  seconds: (config) => config.verificationTokenSeconds,
};

export const PASSWORD_RESET: TokenKind<PasswordResetToken> = {
  purpose: 'reset-password',
  entity: PasswordResetToken,
  table: 'password_reset_tokens',
  seconds: (config) => config.passwordResetSeconds,
};
