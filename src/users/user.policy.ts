import { ALL, NONE, policy } from '../core/authorization/policy.js';
import { type User } from './user.entity.js';

export type UserAttributes = Pick<User, 'id' | 'role'>;

/** Where those fields are in SQL; every query of users calls the table `u`. */
export const USER_COLUMNS = { id: 'u.id', role: 'u.role' } as const;

/** Contract, section 2: auditor: everyone; manager: all developers and self; developer: self. */
export const visibleUsers = policy<UserAttributes>(
  'see users',
  ({ role, id }) => ({ auditor: ALL, manager: [{ role: 'developer' as const }, { id }], developer: [{ id }] })[role],
);

/** Users as they were; `role` is today's. */
export const historicalUsers = policy<UserAttributes>('see users as they were', (facts) =>
  facts.role === 'developer' ? NONE : visibleUsers(facts),
);

/** Managers change users; what concerns the last of them or oneself is decided by the service. */
export const managedUsers = policy<UserAttributes>('manage users', ({ role }) => (role === 'manager' ? ALL : NONE));

/** Managers confirm the time zones that were asked for at sign-up, and auditors read everything. */
export const visibleTimeZoneRequests = policy<UserAttributes>('see requests for time zones', (facts) =>
  facts.role === 'developer' ? NONE : visibleUsers(facts),
);
