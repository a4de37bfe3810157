import { problems } from '../core/problem.js';

export const AuthProblem = problems({
  username_taken: [400, 'Username already registered'],
  email_taken: [400, 'Email already registered'],
  invalid_verification_token: [400, 'Invalid or expired verification token'],
  wrong_credentials: [401, 'Incorrect username or password'],
  email_not_verified: [403, 'Email not verified'],
  user_inactive: [403, 'Inactive user'],
  wrong_password: [403, 'The old password is not right'],
});
