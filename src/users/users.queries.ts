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
import { VersionedJson } from '../core/http/entity-tags.js';
import { PreserializedJson } from '../core/http/streamed-response.js';
import { type ListReader } from '../core/http/list-response.js';
import { inScope } from '../core/authorization/policy.js';
import { shownRecords } from '../core/authorization/restriction.sql.js';
import { inFilter, ilikeFilter } from '../infrastructure/database/sql-filters.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { Database, iso } from '../infrastructure/database/database.js';
import { keysetReader, type KeysetList } from '../infrastructure/database/keyset-list.js';
import { usersAsOf } from './users-as-of.sql.js';
import { historicalUsers, USER_COLUMNS, visibleUsers } from './user.policy.js';
import { type ChangedUser, type UserFilter, type UserView } from './users.dto.js';
import { UserProblem } from './users.problems.js';

/** Users as of a time are visible by their current role. */
const AS_OF_COLUMNS = { ...USER_COLUMNS, role: 'u.role_today' } as const;

/** Serializes a row as `UserView`. */
const VIEW = new RowSerializer<UserView>({
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

const LIST: KeysetList<UserView> = { cursorScope: 'users id', keys: [{ expression: 'u.id', type: 'int' }], view: VIEW };

/** Replaces an address that the actor may not read; RFC 2606 reserves `.invalid`. */
const WITHHELD_EMAIL = 'withheld@ctms.invalid';
const MAX_OPEN_TASKS = 100;

/** Reads a user in the transaction that wrote it, without a check of who may see it. @returns its `UserView` */
export async function readBackUser(tx: AuditedTransaction, id: number): Promise<VersionedJson<UserView>> {
  const [row] = await tx.queryRaw(userById(id));
  return versioned(row as RawRow);
}

/** The same as `ChangedUser`; e-mail address and last log-in are masked where the user is not visible to the actor. */
export async function readBackChangedUser(
  tx: AuditedTransaction,
  id: number,
  { isVisible, withOpenTasks }: { readonly isVisible: boolean; readonly withOpenTasks: boolean },
): Promise<VersionedJson<ChangedUser>> {
  const { json, version } = await readBackUser(tx, id);
  const shown = isVisible ? json : maskPersonalFields(json);
  return new VersionedJson(withOpenTasks ? `${shown.slice(0, -1)},${await openTaskMembers(tx, id)}}` : shown, version);
}

const userById = (id: number): Sql => sql`SELECT ${VIEW.columns}, u.version FROM users u WHERE u.id = ${id}`;

/** @param row the columns of the view, then the version */
const versioned = (row: RawRow): VersionedJson<UserView> =>
  new VersionedJson(VIEW.serialize(row), Number(row[VIEW.width]));

const maskPersonalFields = (json: string): string =>
  JSON.stringify({ ...(JSON.parse(json) as object), email: WITHHELD_EMAIL, last_login: null });

/** Serializes `open_tasks`, the first by deadline, and `open_tasks_total`. */
async function openTaskMembers(tx: AuditedTransaction, userId: number): Promise<string> {
  const isOpen = sql`t.assigned_to_id = ${userId} AND t.deleted_at IS NULL AND t.status <> 'completed'`;
  const [open] = await tx.query<{ tasks: string; total: number }>(sql`SELECT count(*)::int AS total,
      coalesce((array_to_json((array_agg(json_build_object('id', t.id, 'title', t.title, 'status', t.status,
        'priority', t.priority, 'deadline', ${iso(sql`t.deadline`)}) ORDER BY t.deadline, t.id))[:${MAX_OPEN_TASKS}::int]))::text, '[]') AS tasks
    FROM tasks t WHERE ${join([isOpen, ...shownRecords(tx.principal, 'task', 't.id')], ' AND ')}`);
  return `"open_tasks":${open?.tasks ?? '[]'},"open_tasks_total":${open?.total ?? 0}`;
}

/** Reads users within the scope of the actor's policy. */
@Injectable()
export class UsersQueries {
  constructor(private readonly database: Database) {}

  /** Reads one user whom the actor sees. @throws Problem 404 `user_not_found` */
  async visibleUserOrThrow(actor: Actor, id: number): Promise<VersionedJson<UserView>> {
    const [row] = await this.database.queryRaw(sql`${userById(id)} AND ${visible(actor, undefined)}`);
    if (!row) throw UserProblem.user_not_found(`User ${id} not found`);
    return versioned(row);
  }

  /** Reads one user as of a time; entries of an import have no version. @throws Problem 404 `user_not_found` */
  async pastUserOrThrow(actor: Actor, id: number, asOf: string): Promise<PreserializedJson<UserView>> {
    const [row] = await this.database.queryRaw(
      sql`SELECT ${VIEW.columns} FROM ${usersAsOf(asOf)} WHERE u.id = ${id} AND ${visible(actor, asOf)}`,
    );
    if (!row) throw UserProblem.user_not_found(`User ${id} not found`);
    return new PreserializedJson(VIEW.serialize(row));
  }

  /** Reads the list for a `ListResponse`. */
  list(actor: Actor, filter: UserFilter): ListReader {
    const [from, where] = [source(filter.as_of), conditionOf(actor, filter)];
    return keysetReader(this.database, LIST, {
      actorId: actor.id,
      cursor: filter.cursor,
      from,
      where,
      context: undefined,
      scans: filter.as_of !== undefined,
    });
  }
}

function source(asOf: string | undefined): Sql {
  return asOf === undefined ? sql`users u` : usersAsOf(asOf);
}

function visible(actor: Actor, asOf: string | undefined): Sql {
  return asOf === undefined
    ? inScope(visibleUsers(actor), USER_COLUMNS)
    : inScope(historicalUsers(actor), AS_OF_COLUMNS);
}

function conditionOf(actor: Actor, { role, q, is_active, as_of }: UserFilter): Sql {
  const conditions = [
    visible(actor, as_of),
    ...inFilter('u.role', role, 'text'),
    ...(is_active === undefined ? [] : [sql`u.is_active = ${is_active}`]),
    ...ilikeFilter(['u.username', 'u.email'], q),
  ];
  return join(conditions, ' AND ');
}
