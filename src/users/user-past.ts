import sql, { type Sql } from 'sql-template-tag';
import { field, folded } from '../audit/point-in-time/state-as-of.sql.js';

/** Users as they were, as a table `u` with the columns of `users` that the API shows, and today's role. */
export function pastSource(asOf: string): Sql {
  return sql`(SELECT f.id, ${field('username')} AS username, ${field('email')} AS email, ${field('role')} AS role,
      ${field('timezone')} AS timezone, coalesce(${field('email_verified', 'boolean')}, false) AS email_verified,
      coalesce(${field('is_active', 'boolean')}, false) AS is_active, ${field('last_login', 'timestamptz')} AS last_login,
      coalesce(${field('date_joined', 'timestamptz')}, f.since) AS date_joined,
      coalesce(${field('created_at', 'timestamptz')}, f.since) AS created_at, today.role AS role_today
    FROM ${folded('user', asOf)} f LEFT JOIN users today ON today.id = f.id) u`;
}
