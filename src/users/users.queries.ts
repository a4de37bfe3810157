import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/actor.js';
import { behind, cursorColumns, decodeCursor, encodeCursor, orderBy, type SortKey } from '../core/page.js';
import { inScope } from '../core/scope.js';
import { Database, iso } from '../database/database.js';
import { USER_COLUMNS, visibleUsers } from './user.policy.js';
import { type UserFilter } from './users.dto.js';

const KEYS: readonly SortKey[] = [{ expression: 'u.id', type: 'int' }];

/** A user as the API shows it. */
const VIEW = sql`json_build_object(
  'id', u.id, 'username', u.username, 'email', u.email, 'role', u.role, 'timezone', u.timezone,
  'email_verified', u.email_verified, 'is_active', u.is_active, 'last_login', ${iso(sql`u.last_login`)},
  'date_joined', ${iso(sql`u.date_joined`)}, 'created_at', ${iso(sql`u.created_at`)})::text AS json`;

export interface UserJson {
  readonly json: string;
}

/** The user as JSON text, whoever asks. */
export const userById = (id: number): Sql => sql`SELECT ${VIEW} FROM users u WHERE u.id = ${id}`;

/** Named reads of users. Each obeys the policy by its scope. */
@Injectable()
export class UsersQueries {
  constructor(private readonly database: Database) {}

  async visibleUser(me: Actor, id: number): Promise<string | undefined> {
    const row = await this.database.row<UserJson>(sql`${userById(id)} AND ${inScope(visibleUsers(me), USER_COLUMNS)}`);
    return row?.json;
  }

  /** A page: the JSON array, and the cursor of the next page if there is one. */
  async page(me: Actor, filter: UserFilter & { limit: number }): Promise<{ json: string; next?: string }> {
    const rows = await this.database.rows<UserJson & { cursor: string[] }>(this.listSql(me, filter, filter.limit + 1));
    const page = rows.slice(0, filter.limit);
    const last = rows.length > filter.limit ? page.at(-1) : undefined;
    const json = `[${page.map((row) => row.json).join(',')}]`;
    return last ? { json, next: encodeCursor('id', last.cursor) } : { json };
  }

  /** The whole list, in batches. */
  all(me: Actor, filter: UserFilter): AsyncGenerator<UserJson[]> {
    return this.database.stream(this.listSql(me, filter));
  }

  /** How many there are, over all pages. */
  async count(me: Actor, filter: UserFilter): Promise<number> {
    const row = await this.database.row<{ n: string }>(
      sql`SELECT count(*) AS n FROM users u WHERE ${where(me, filter)}`,
    );
    return Number(row?.n);
  }

  private listSql(me: Actor, filter: UserFilter, limit?: number): Sql {
    const start = filter.cursor ? sql` AND ${behind(KEYS, decodeCursor(filter.cursor, 'id', KEYS))}` : sql``;
    return sql`SELECT ${VIEW}, ${cursorColumns(KEYS)} FROM users u
      WHERE ${where(me, filter)}${start} ORDER BY ${orderBy(KEYS)}${limit ? sql` LIMIT ${limit}` : sql``}`;
  }
}

function where(me: Actor, { role, q, is_active }: UserFilter): Sql {
  const pattern = `%${q?.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  return join(
    [
      inScope(visibleUsers(me), USER_COLUMNS),
      ...(role ? [sql`u.role = ANY(${role}::text[])`] : []),
      ...(is_active === undefined ? [] : [sql`u.is_active = ${is_active}`]),
      ...(q === undefined ? [] : [sql`(u.username ILIKE ${pattern} OR u.email ILIKE ${pattern})`]),
    ],
    ' AND ',
  );
}
