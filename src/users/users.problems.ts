import { problems } from '../core/http/problem.js';

export const UserProblem = problems({
  user_not_found: [404, 'No such user'],
  nothing_to_change: [422, 'The body names nothing to change'],
  own_role: [403, 'You cannot change your own role'],
  auditor_appointment: [403, 'Auditors are appointed by the command user:create'],
  zone_is_managed: [403, 'Your working hours follow from your time zone, so only a manager changes it'],
  last_manager: [409, 'The last active manager can be neither demoted nor disabled'],
});
