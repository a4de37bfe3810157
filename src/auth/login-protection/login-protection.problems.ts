import { problems } from '../../core/http/problem.js';

export const LoginProtectionProblem = problems({
  challenge_required: [403, 'Too many failed logins: answer the question to go on', { captcha: '3 + 4' }],
  login_too_soon: [429, 'Too many failed logins: wait before you try again'],
  login_locked: [
    429,
    'Too many wrong passwords from unknown devices: use a device that you have signed in on before, or choose a new password',
  ],
});

/** The problems of a route that verifies a password, before it does. */
export const GUESS_REFUSALS = [
  LoginProtectionProblem.challenge_required,
  LoginProtectionProblem.login_too_soon,
  LoginProtectionProblem.login_locked,
];
