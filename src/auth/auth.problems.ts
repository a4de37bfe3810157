import { problems } from '../core/http/problem.js';

export const AuthProblem = problems({
  invalid_reset_token: [400, 'Invalid or expired reset token'],
  wrong_credentials: [401, 'Incorrect username or password'],
  email_not_verified: [403, 'Email not verified'],
  user_inactive: [403, 'Inactive user'],
  wrong_password: [403, 'The old password is not right'],
  password_required: [
    422,
    'Give your current password to change this',
    { errors: [{ field: 'current_password', code: 'password_required', message: 'current_password is missing' }] },
  ],
});

declare module '../core/persistence/event-map.js' {
  interface EventMap {
    'user.password_changed': { readonly userId: number };
  }
}
