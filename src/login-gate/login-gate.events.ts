import { problems } from '../core/problem.js';

export const LoginGateProblem = problems({
  challenge_required: [403, 'Too many failed logins: answer the question to go on', { captcha: '3 + 4' }],
});
