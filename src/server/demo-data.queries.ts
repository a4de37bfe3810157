import sql from 'sql-template-tag';
import { type Database } from '../infrastructure/database/database.js';

/** False until another replica, or a migration job, has created the tables and, after that, has granted access to them. */
export async function isMigrated(database: Database): Promise<boolean> {
  const row = await database.row<{ found: boolean }>(
    sql`SELECT has_table_privilege(to_regclass('users'), 'INSERT') AS found`,
  );
  return row?.found === true;
}

/** Returns a few usernames: more than the demo has, where there are that many. */
export async function someUsernames(database: Database): Promise<string[]> {
  const users = await database.rows<{ username: string }>(sql`SELECT username FROM users LIMIT 4`);
  return users.map(({ username }) => username);
}

/** Returns the password hashes of the users with these lower-case names. */
export function passwordHashes(
  database: Database,
  names: readonly string[],
): Promise<{ username: string; hash: string }[]> {
  return database.rows(
    sql`SELECT username, hashed_password AS hash FROM users WHERE lower(username) = ANY(${names}::text[]) ORDER BY id`,
  );
}
