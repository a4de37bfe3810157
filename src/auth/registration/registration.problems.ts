import { isConstraintViolation } from '../../core/http/database-errors.js';
import { problems } from '../../core/http/problem.js';

export const RegistrationProblem = problems({
  username_taken: [400, 'Username already registered'],
  username_confusable: [409, 'Username looks like one that is registered already'],
  email_taken: [400, 'Email already registered'],
  invalid_verification_token: [400, 'Invalid or expired verification token'],
});

/** Maps the violation of a unique index of users to its problem; returns other errors unchanged. */
export function toUniquenessProblem(error: unknown): unknown {
  if (isConstraintViolation(error, 'users_username_key')) return RegistrationProblem.username_taken();
  return isConstraintViolation(error, 'users_email_key') ? RegistrationProblem.email_taken() : error;
}
