import { Injectable } from '@nestjs/common';
import sql, { join, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import {
  rawJson,
  jsonString,
  pgBoolean,
  pgTimestamp,
  RowSerializer,
  unescapedString,
  type RawRow,
} from '../core/http/row-serializer.js';
import { type ListReader } from '../core/http/list-response.js';
import {
  limitSql,
  cursorColumnsRaw,
  fetchSize,
  orderBy,
  toPageFromRaw,
  cursorCondition,
  type JsonPage,
  type JsonRow,
  type SortKey,
} from '../core/http/keyset-pagination.js';
import { inScope } from '../core/authorization/policy.js';
import { inFilter, ilikeFilter } from '../infrastructure/database/sql-filters.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { Database, iso } from '../infrastructure/database/database.js';
import { usersAsOf } from './users-as-of.sql.js';
import { historicalUsers, USER_COLUMNS, visibleUsers } from './user.policy.js';
import { type UserFilter } from './users.dto.js';
import { UserProblem } from './users.events.js';

/** Of users as they were, today's role decides who may look. */
const TODAY = { ...USER_COLUMNS, role: 'u.role_today' } as const;
const ORDER = 'users id';
const KEYS: readonly SortKey[] = [{ expression: 'u.id', type: 'int' }];

/** A user as the API shows it. */
const VIEW = new RowSerializer<void>({
  id: [sql`u.id`, rawJson],
  username: [sql`u.username`, jsonString],
  email: [sql`u.email`, jsonString],
  role: [sql`u.role`, unescapedString],
  timezone: [sql`u.timezone`, jsonString],
  email_verified: [sql`u.email_verified`, pgBoolean],
  is_active: [sql`u.is_active`, pgBoolean],
  last_login: [sql`u.last_login`, pgTimestamp],
  date_joined: [sql`u.date_joined`, pgTimestamp],
  created_at: [sql`u.created_at`, pgTimestamp],
});
/** The user as JSON text as this transaction has written it, whoever asks. */
export const writtenUser = async (tx: AuditedTransaction, id: number): Promise<string> =>
  VIEW.serialize((await tx.queryRaw(oneOf(sql`users u`, id)))[0] as RawRow);

const oneOf = (from: Sql, id: number): Sql => sql`SELECT ${VIEW.columns} FROM ${from} WHERE u.id = ${id}`;

/** Stands for an address that the actor may not read; `.invalid` is nobody's (RFC 2606). */
const WITHHELD = 'withheld@ctms.invalid';

/** The same without what only those may know who can read the user. */
export const maskWithheld = (json: string): string =>
  JSON.stringify({ ...(JSON.parse(json) as object), email: WITHHELD, last_login: null });

const SHOWN_TASKS = 100;

/** The open tasks of a user as members of a JSON object: the first by deadline, and how many there are. */
export async function openTasksOf(tx: AuditedTransaction, userId: number): Promise<string> {
  const [open] = await tx.query<{ tasks: string; total: number }>(sql`SELECT count(*)::int AS total,
      coalesce((array_to_json((array_agg(json_build_object('id', t.id, 'title', t.title, 'status', t.status,
        'priority', t.priority, 'deadline', ${iso(sql`t.deadline`)}) ORDER BY t.deadline, t.id))[:${SHOWN_TASKS}::int]))::text, '[]') AS tasks
    FROM tasks t WHERE t.assigned_to_id = ${userId} AND t.deleted_at IS NULL AND t.status <> 'completed'`);
  return `"open_tasks":${open?.tasks ?? '[]'},"open_tasks_total":${open?.total ?? 0}`;
}

/** Named reads of users. Each obeys the policy by its scope. */
@Injectable()
export class UsersQueries {
  constructor(private readonly database: Database) {}

  /** One user who is visible to the actor, now or as they were. */
  async visibleUserOrThrow(actor: Actor, id: number, asOf?: string): Promise<string> {
    const [row] = await this.database.queryRaw(sql`${oneOf(source(asOf), id)} AND ${visible(actor, asOf)}`);
    if (!row) throw UserProblem.user_not_found(`User ${id} not found`);
    return VIEW.serialize(row);
  }

  /** The reads of the list for `ListResponse`. */
  list(actor: Actor, filter: UserFilter): ListReader {
    return {
      count: () => this.count(actor, filter),
      page: (limit) => this.page(actor, filter, limit),
      stream: () => this.all(actor, filter),
    };
  }

  /** A page: the JSON array, and the cursor of the next page if there is one. */
  async page(actor: Actor, filter: UserFilter, limit: number): Promise<JsonPage> {
    const page = await this.database.pageRaw(sql`${this.listSql(actor, filter)} ${limitSql(fetchSize(limit))}`, limit);
    return toPageFromRaw(page.rows, page.limit, ORDER, VIEW, undefined);
  }

  /** The whole list, in batches. */
  all(actor: Actor, filter: UserFilter): AsyncGenerator<JsonRow[]> {
    const views = (rows: RawRow[]) => rows.map((row) => ({ json: VIEW.serialize(row) }));
    return this.database.streamRaw(this.listSql(actor, filter), actor.id, views);
  }

  /** How many there are, over all pages. */
  async count(actor: Actor, filter: UserFilter): Promise<number> {
    const row = await this.database.row<{ n: string }>(
      sql`SELECT count(*) AS n FROM ${source(filter.as_of)} WHERE ${where(actor, filter)}`,
    );
    return Number(row?.n);
  }

  private listSql(actor: Actor, filter: UserFilter): Sql {
    return sql`SELECT ${VIEW.columns}, ${cursorColumnsRaw(KEYS)} FROM ${source(filter.as_of)}
      WHERE ${where(actor, filter)} AND ${cursorCondition(filter.cursor, ORDER, KEYS)}
      ORDER BY ${orderBy(KEYS)}`;
  }
}

function source(asOf: string | undefined): Sql {
  return asOf === undefined ? sql`users u` : usersAsOf(asOf);
}

function visible(actor: Actor, asOf: string | undefined): Sql {
  return asOf === undefined ? inScope(visibleUsers(actor), USER_COLUMNS) : inScope(historicalUsers(actor), TODAY);
}

function where(actor: Actor, { role, q, is_active, as_of }: UserFilter): Sql {
  const conditions = [
    visible(actor, as_of),
    ...inFilter('u.role', role, 'text'),
    ...(is_active === undefined ? [] : [sql`u.is_active = ${is_active}`]),
    ...ilikeFilter(['u.username', 'u.email'], q),
  ];
  return join(conditions, ' AND ');
}
