import { problems } from '../../core/http/problem.js';

export const SessionProblem = problems({
  invalid_refresh_token: [401, 'The refresh token is missing, invalid or expired; sign in again'],
  refresh_token_reused: [401, 'The refresh token was used before; for safety the session is ended, sign in again'],
  session_limit: [400, 'You are signed in on as many devices as allowed'],
  session_not_found: [404, 'No such session'],
});
