import sql, { type Sql } from 'sql-template-tag';
import { stateField, stateAsOf } from '../audit/point-in-time/state-as-of.sql.js';

/** Users as of a time: a table `u` with the columns of `UserView` and `role_today`, the current role. */
export function usersAsOf(asOf: string): Sql {
  return sql`(SELECT f.id, ${stateField('username')} AS username, ${stateField('email')} AS email, ${stateField('role')} AS role,
      ${stateField('timezone')} AS timezone, coalesce(${stateField('email_verified', 'boolean')}, false) AS email_verified,
      coalesce(${stateField('is_active', 'boolean')}, false) AS is_active, ${stateField('last_login', 'timestamptz')} AS last_login,
      coalesce(${stateField('date_joined', 'timestamptz')}, f.since) AS date_joined,
      coalesce(${stateField('created_at', 'timestamptz')}, f.since) AS created_at, today.role AS role_today
    FROM ${stateAsOf('user', asOf)} f LEFT JOIN users today ON today.id = f.id) u`;
}
