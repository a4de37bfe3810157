import { type Origin } from '../core/actor.js';
import { violates } from '../core/database-problem.js';
import { problems } from '../core/problem.js';

export const AuthProblem = problems({
  username_taken: [400, 'Username already registered'],
  email_taken: [400, 'Email already registered'],
  invalid_verification_token: [400, 'Invalid or expired verification token'],
  invalid_reset_token: [400, 'Invalid or expired reset token'],
  wrong_credentials: [401, 'Incorrect username or password'],
  email_not_verified: [403, 'Email not verified'],
  user_inactive: [403, 'Inactive user'],
  wrong_password: [403, 'The old password is not right'],
});

/** The problem that a violated unique index of users stands for. */
export function taken(error: unknown): unknown {
  if (violates(error, 'users_username_key')) return AuthProblem.username_taken();
  return violates(error, 'users_email_key') ? AuthProblem.email_taken() : error;
}

/** Somebody asks for a mail to an address; whether it is anybody's is found out later. */
export interface AddressRequest {
  readonly email: string;
  readonly origin: Origin;
}

declare module '../core/events.js' {
  interface EventMap {
    'user.password_changed': { readonly userId: number };
    /** The new address is verified and in use. */
    'user.email_changed': { readonly userId: number; readonly oldEmail: string };
  }
}
