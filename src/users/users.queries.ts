import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/actor.js';
import { cursorColumns, orderBy, pageOf, startingAt, type JsonPage, type JsonRow, type SortKey } from '../core/page.js';
import { inScope } from '../core/scope.js';
import { anyOf, containing } from '../database/conditions.js';
import { Database, iso } from '../database/database.js';
import { pastUsers, USER_COLUMNS, visibleUsers } from './user.policy.js';
import { pastSource } from './user-past.js';
import { type UserFilter } from './users.dto.js';

/** Of users as they were, today's role decides who may look. */
const TODAY = { ...USER_COLUMNS, role: 'u.role_today' } as const;
const ORDER = 'id';
const KEYS: readonly SortKey[] = [{ expression: 'u.id', type: 'int' }];

/** A user as the API shows it. */
const VIEW = sql`json_build_object(
  'id', u.id, 'username', u.username, 'email', u.email, 'role', u.role, 'timezone', u.timezone,
  'email_verified', u.email_verified, 'is_active', u.is_active, 'last_login', ${iso(sql`u.last_login`)},
  'date_joined', ${iso(sql`u.date_joined`)}, 'created_at', ${iso(sql`u.created_at`)})::text AS json`;

/** The user as JSON text, whoever asks. */
export const userById = (id: number): Sql => oneOf(sql`users u`, id);
const oneOf = (from: Sql, id: number): Sql => sql`SELECT ${VIEW} FROM ${from} WHERE u.id = ${id}`;

/** Named reads of users. Each obeys the policy by its scope. */
@Injectable()
export class UsersQueries {
  constructor(private readonly database: Database) {}

  /** One user who is visible to the actor, now or as they were. */
  async visibleUser(me: Actor, id: number, asOf?: string): Promise<string | undefined> {
    return (await this.database.row<JsonRow>(sql`${oneOf(source(asOf), id)} AND ${visible(me, asOf)}`))?.json;
  }

  /** A page: the JSON array, and the cursor of the next page if there is one. */
  async page(me: Actor, filter: UserFilter, limit: number): Promise<JsonPage> {
    return pageOf(await this.database.rows(this.listSql(me, filter, limit + 1)), limit, ORDER);
  }

  /** The whole list, in batches. */
  all(me: Actor, filter: UserFilter): AsyncGenerator<JsonRow[]> {
    return this.database.stream(this.listSql(me, filter));
  }

  /** How many there are, over all pages. */
  async count(me: Actor, filter: UserFilter): Promise<number> {
    const row = await this.database.row<{ n: string }>(
      sql`SELECT count(*) AS n FROM ${source(filter.as_of)} WHERE ${where(me, filter)}`,
    );
    return Number(row?.n);
  }

  private listSql(me: Actor, filter: UserFilter, limit?: number): Sql {
    return sql`SELECT ${VIEW}, ${cursorColumns(KEYS)} FROM ${source(filter.as_of)}
      WHERE ${where(me, filter)} AND ${startingAt(filter.cursor, ORDER, KEYS)}
      ORDER BY ${orderBy(KEYS)}${limit ? sql` LIMIT ${limit}` : sql``}`;
  }
}

function source(asOf: string | undefined): Sql {
  return asOf === undefined ? sql`users u` : pastSource(asOf);
}

function visible(me: Actor, asOf: string | undefined): Sql {
  return asOf === undefined ? inScope(visibleUsers(me), USER_COLUMNS) : inScope(pastUsers(me), TODAY);
}

function where(me: Actor, { role, q, is_active, as_of }: UserFilter): Sql {
  const conditions = [
    visible(me, as_of),
    ...anyOf('u.role', role, 'text'),
    ...(is_active === undefined ? [] : [sql`u.is_active = ${is_active}`]),
    ...containing(['u.username', 'u.email'], q),
  ];
  return join(conditions, ' AND ');
}
