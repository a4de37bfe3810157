import { ALL, NONE, policy } from '../core/authorization/policy.js';
import { type User } from './user.entity.js';

export type UserAttributes = Pick<User, 'id' | 'role'>;

/** Their columns; every query of users calls the table `u`. */
export const USER_COLUMNS = Object.freeze({ id: 'u.id', role: 'u.role' } as const);

/** Contract, section 2: auditor: everyone; manager: all developers and self; developer: self. */
export const visibleUsers = policy<UserAttributes>(
  'see users',
  ({ role, id }) => ({ auditor: ALL, manager: [{ role: 'developer' as const }, { id }], developer: [{ id }] })[role],
  { id: 'id', shows: 'user', areSubjects: true },
);

/** A user who is not seen can be neither changed nor read as they were. */
const WITHIN_VISIBLE = { id: 'id', within: visibleUsers } as const;

/** Users as of a time, judged by their current role. */
export const historicalUsers = policy<UserAttributes>(
  'see users as they were',
  (subject) => (subject.role === 'developer' ? NONE : visibleUsers(subject)),
  WITHIN_VISIBLE,
);

/** `UsersService` further restricts changes of the last manager and of oneself. */
export const managedUsers = policy<UserAttributes>(
  'manage users',
  ({ role }) => (role === 'manager' ? ALL : NONE),
  WITHIN_VISIBLE,
);

/** Managers confirm time zones requested at sign-up, and auditors read everything. */
export const visibleTimeZoneRequests = policy<UserAttributes>(
  'see requests for time zones',
  (subject) => (subject.role === 'developer' ? NONE : visibleUsers(subject)),
  WITHIN_VISIBLE,
);
