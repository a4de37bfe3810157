import { problems } from '../../core/http/problem.js';

export const SecondFactorProblem = problems({
  second_factor_required: [
    401,
    'This account has a second factor: repeat the login with second_factor_code, from your authenticator or a recovery code',
  ],
  wrong_second_factor: [401, 'The code of the second factor is wrong, too old, or was used before'],
  wrong_code: [403, 'The code is wrong, too old, or was used before'],
  second_factor_active: [409, 'This account has a second factor already; remove it first'],
  second_factor_inactive: [409, 'This account has no second factor; set one up first'],
  second_factor_locked: [429, 'Too many wrong codes: use a recovery code, or try again later'],
});

/** The events of a second factor that the user gets a mail about. */
export type SecondFactorNews =
  'enabled' | 'disabled' | 'reset' | 'recovery_code_used' | 'recovery_codes_replaced' | 'locked';

declare module '../../core/persistence/event-map.js' {
  interface EventMap {
    'user.second_factor': { readonly userId: number; readonly news: SecondFactorNews };
  }
}
