import { Injectable } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/actor.js';
import { cursorColumns, orderBy, pageOf, startingAt, type JsonPage, type JsonRow, type SortKey } from '../core/page.js';
import { inScope } from '../core/scope.js';
import { anyOf } from '../database/conditions.js';
import { Database, iso } from '../database/database.js';
import { type EntryFilter, type EntryPage, type RequestFilter, type RequestPage } from './audit.dto.js';
import { ENTRY_COLUMNS, readableEntries, readableRequests, REQUEST_COLUMNS } from './audit.policy.js';

const NEWEST_FIRST: readonly SortKey[] = [{ expression: 'a.id', type: 'bigint', descending: true }];
const ORDER = '-id';
const DEFAULT_LIMIT = 100;
const micros = (column: string) => raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);

/** One of the two records: its table, and its columns as the API names them. */
interface Source {
  readonly table: Sql;
  readonly columns: readonly (readonly [name: string, expression: Sql])[];
}

/** The driver hands out other numbers than these as text. */
const number = (column: string) => raw(`${column}::float8`);
const plain = (...names: string[]) => names.map((name) => [name, raw(`a.${name}`)] as const);

const TRAIL: Source = {
  table: sql`audit_trail a`,
  columns: [
    ['id', number('a.id')],
    ['occurred_at', micros('a.occurred_at')],
    ...plain('actor_id', 'actor_name', 'actor_role', 'action', 'entity_type', 'entity_id', 'entity_version'),
    ...plain('entity_name'),
    ...plain('changes', 'reason', 'request_id', 'session_id', 'ip_address'),
  ],
};

const REQUESTS: Source = {
  table: sql`api_audit_logs a`,
  columns: [
    ['id', number('a.id')],
    ['timestamp', iso(sql`a.timestamp`)],
    ...plain('user_id', 'username', 'method', 'path', 'operation', 'status_code'),
    ['duration_ms', number('a.duration_ms')],
    ...plain('ip_address', 'user_agent', 'request_id', 'query', 'request_body', 'response_body'),
  ],
};

export const ENTRY_FIELDS = TRAIL.columns.map(([name]) => name);
export const REQUEST_FIELDS = REQUESTS.columns.map(([name]) => name);

/** Named reads of the two records. Each obeys the policy by its scope. */
@Injectable()
export class AuditQueries {
  constructor(private readonly database: Database) {}

  entries(me: Actor, filter: EntryPage): Promise<JsonPage> {
    return this.page(TRAIL, entriesWhere(me, filter), filter);
  }

  requests(me: Actor, filter: RequestPage): Promise<JsonPage> {
    return this.page(REQUESTS, requestsWhere(me, filter), filter);
  }

  /** All entries of a filter as rows, oldest first. */
  entryRows(me: Actor, filter: EntryFilter): AsyncGenerator<Record<string, unknown>[]> {
    return this.rows(TRAIL, entriesWhere(me, filter));
  }

  requestRows(me: Actor, filter: RequestFilter): AsyncGenerator<Record<string, unknown>[]> {
    return this.rows(REQUESTS, requestsWhere(me, filter));
  }

  private async page(
    { table, columns }: Source,
    where: Sql,
    { limit = DEFAULT_LIMIT, cursor }: EntryPage,
  ): Promise<JsonPage> {
    const object = join(columns.map(([name, expression]) => sql`${raw(`'${name}'`)}, ${expression}`));
    const rows = await this.database.rows<JsonRow & { cursor: string[] }>(sql`SELECT
        json_build_object(${object})::text AS json, ${cursorColumns(NEWEST_FIRST)}
      FROM ${table} WHERE ${where} AND ${startingAt(cursor, ORDER, NEWEST_FIRST)}
      ORDER BY ${orderBy(NEWEST_FIRST)} LIMIT ${limit + 1}`);
    return pageOf(rows, limit, ORDER);
  }

  private rows({ table, columns }: Source, where: Sql): AsyncGenerator<Record<string, unknown>[]> {
    const list = join(columns.map(([name, expression]) => sql`${expression} AS ${raw(name)}`));
    return this.database.stream(sql`SELECT ${list} FROM ${table} WHERE ${where} ORDER BY a.id`);
  }
}

function entriesWhere(me: Actor, filter: EntryFilter): Sql {
  return all([
    inScope(readableEntries(me), ENTRY_COLUMNS),
    ...span('a.occurred_at', filter),
    ...anyOf('a.actor_id', filter.actor, 'int'),
    ...anyOf('a.action', filter.action, 'text'),
    ...anyOf('a.entity_type', filter.entity_type, 'text'),
    ...anyOf('a.entity_id', filter.entity_id, 'int'),
    ...(filter.request_id ? [sql`a.request_id = ${filter.request_id}`] : []),
  ]);
}

function requestsWhere(me: Actor, filter: RequestFilter): Sql {
  return all([
    inScope(readableRequests(me), REQUEST_COLUMNS),
    ...span('a.timestamp', filter),
    ...anyOf('a.user_id', filter.actor, 'int'),
    ...anyOf('a.method', filter.method, 'text'),
    ...anyOf('a.status_code', filter.status_code, 'int'),
    ...(filter.path ? [sql`starts_with(a.path, ${filter.path})`] : []),
    ...(filter.request_id ? [sql`a.request_id = ${filter.request_id}`] : []),
  ]);
}

const all = (conditions: Sql[]): Sql => join(conditions, ' AND ');

function span(column: string, { from, to }: { from?: Date; to?: Date }): Sql[] {
  return [...(from ? [sql`${raw(column)} >= ${from}`] : []), ...(to ? [sql`${raw(column)} < ${to}`] : [])];
}
