import { problems } from '../../core/http/problem.js';

export const AccessTokenProblem = problems({
  session_replaced: [401, 'This device was signed out, since the account signed in on more devices than allowed'],
});
