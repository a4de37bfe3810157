import { Injectable } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/actor.js';
import {
  atMost,
  cursorColumns,
  fetchedFor,
  orderBy,
  pageOf,
  startingAt,
  type JsonPage,
  type JsonRow,
  type SortKey,
} from '../core/page.js';
import { type CursorQuery } from '../core/page.dto.js';
import { inScope } from '../core/scope.js';
import { anyOf, containing } from '../database/conditions.js';
import { Database, iso, type Planning } from '../database/database.js';
import { sentenceOf } from '../sentences/sentence.js';
import { legible, type Told } from '../sentences/told.js';
import { Refusals } from '../watch/refusals.js';
import {
  type EntryFilter,
  type EntryPage,
  type RedactedField,
  type RequestFilter,
  type RequestPage,
} from './audit.dto.js';
import { ENTRY_COLUMNS, readableEntries, readableRequests, REQUEST_COLUMNS } from './audit.policy.js';
import { NAMES } from './entry-names.js';

/** An order of entries, and the name that its cursors belong to. */
interface EntryOrder {
  readonly name: string;
  readonly keys: readonly SortKey[];
}

const NEWEST_FIRST: EntryOrder = { name: '-id', keys: [{ expression: 'a.id', type: 'bigint', descending: true }] };
export const OLDEST_FIRST: EntryOrder = { name: 'id', keys: [{ expression: 'a.id', type: 'bigint' }] };
const DEFAULT_LIMIT = 100;
const micros = (column: string) => raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);

type Legible = Told & { readonly redacted: readonly RedactedField[] };
type EntryRow = JsonRow & Legible & { readonly cursor: string[] };
/** What was taken out of an entry `a`, and on whose word. */
export const REDACTED = sql`CASE WHEN a.openings IS NULL THEN '[]'::json ELSE coalesce((
  SELECT json_agg(json_build_object('field', f.field, 'by', r.requested_by, 'approved_by', r.decided_by,
    'reason', r.reason, 'at', ${micros('r.applied_at')}) ORDER BY r.id, f.place)
  FROM redactions r, unnest(r.fields) WITH ORDINALITY AS f(field, place)
  WHERE r.entry_id = a.id AND r.applied_at IS NOT NULL), '[]') END`;

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
    ['entity_updated_at', iso(sql`a.entity_updated_at`)],
    ['redacted', REDACTED],
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

export const ENTRY_FIELDS = [...TRAIL.columns.map(([name]) => name), 'sentence'];
export const REQUEST_FIELDS = REQUESTS.columns.map(([name]) => name);

/** What a sentence is made of, beside the JSON of an entry. */
const TOLD = sql`a.actor_name, a.actor_role, a.action, a.entity_type, a.entity_id, a.entity_name, a.changes, ${NAMES},
  ${REDACTED} AS redacted`;

/** Named reads of the two records. Each obeys the policy by its scope. */
@Injectable()
export class AuditQueries {
  constructor(
    private readonly database: Database,
    private readonly refusals: Refusals,
  ) {}

  async entries(me: Actor, filter: EntryPage): Promise<JsonPage> {
    return this.entryPage(entriesWhere(me, filter), filter, NEWEST_FIRST, planning(filter));
  }

  /** A page of entries, each with its sentence. */
  async entryPage(
    where: Sql,
    { limit = DEFAULT_LIMIT, cursor }: CursorQuery,
    order: EntryOrder,
    planned?: Planning,
  ): Promise<JsonPage> {
    // Whoever was refused before this read finds it told.
    await this.refusals.settled();
    const rows = await this.database.rows<EntryRow>(pageSql(TRAIL, TOLD, where, order, limit, cursor), planned);
    return pageOf(rows.map(withSentence), limit, order.name);
  }

  async requests(me: Actor, filter: RequestPage): Promise<JsonPage> {
    const { limit = DEFAULT_LIMIT, cursor } = filter;
    const statement = pageSql(REQUESTS, undefined, requestsWhere(me, filter), NEWEST_FIRST, limit, cursor);
    return pageOf(await this.database.rows(statement, planning(filter)), limit, NEWEST_FIRST.name);
  }

  /** All entries of a filter as rows, oldest first. */
  async *entryRows(me: Actor, filter: EntryFilter): AsyncGenerator<Record<string, unknown>[]> {
    await this.refusals.settled();
    for await (const rows of this.rows<Legible>(TRAIL, entriesWhere(me, filter), NAMES))
      yield rows.map(({ users, tags, ...entry }) => ({
        ...entry,
        sentence: sentenceOf(legible({ ...entry, users, tags })),
      }));
  }

  requestRows(me: Actor, filter: RequestFilter): AsyncGenerator<Record<string, unknown>[]> {
    return this.rows(REQUESTS, requestsWhere(me, filter));
  }

  private rows<R extends object>({ table, columns }: Source, where: Sql, more?: Sql): AsyncGenerator<R[]> {
    const list = join([
      ...columns.map(([name, expression]) => sql`${expression} AS ${raw(name)}`),
      ...(more ? [more] : []),
    ]);
    return this.database.stream(sql`SELECT ${list} FROM ${table} WHERE ${where} ORDER BY a.id`);
  }
}

function pageSql(
  { table, columns }: Source,
  more: Sql | undefined,
  where: Sql,
  { name, keys }: EntryOrder,
  limit: number,
  cursor: string | undefined,
): Sql {
  const object = join(columns.map(([column, expression]) => sql`${raw(`'${column}'`)}, ${expression}`));
  const list = join([sql`json_build_object(${object})::text AS json`, cursorColumns(keys), ...(more ? [more] : [])]);
  return sql`SELECT ${list} FROM ${table} WHERE ${where} AND ${startingAt(cursor, name, keys)}
    ORDER BY ${orderBy(keys)} ${atMost(fetchedFor(limit))}`;
}

/** The JSON of the database stays as it is; the sentence is put at its end. */
function withSentence({ json, cursor, ...entry }: EntryRow): JsonRow & { cursor: string[] } {
  return { json: `${json.slice(0, -1)}, "sentence" : ${JSON.stringify(sentenceOf(legible(entry)))}}`, cursor };
}

function entriesWhere(me: Actor, filter: EntryFilter): Sql {
  return all([
    inScope(readableEntries(me), ENTRY_COLUMNS),
    ...span('a.occurred_at', filter),
    ...anyOf('a.actor_id', filter.actor, 'int'),
    ...anyOf('a.action', filter.action, 'text'),
    ...anyOf('a.entity_type', filter.entity_type, 'text'),
    ...anyOf('a.entity_id', filter.entity_id, 'int'),
    ...anyOf('a.session_id', filter.session, 'int'),
    ...(filter.field ? [sql`jsonb_path_query_array(a.changes, '$.keyvalue().key') ?| ${filter.field}::text[]`] : []),
    ...(filter.reason ? [sql`a.reason IS NOT NULL`, ...containing(['a.reason'], filter.reason)] : []),
    ...containing(['a.entity_name', 'a.actor_name', 'a.reason', VALUES], filter.q),
    ...(filter.request_id ? [sql`a.request_id = ${filter.request_id}`] : []),
  ]);
}

/** What was and what is, of all fields of an entry, as one text; without the names of the fields. */
const VALUES = `(SELECT string_agg(v #>> '{}', E'\\n') FROM jsonb_path_query(a.changes, '$.*[*]') v)`;

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

/** Filters are combined in more ways than there are names for statements, and one plan for all values suits few of them. */
function planning({ limit: _limit, cursor: _cursor, ...filters }: EntryPage | RequestPage): Planning {
  return Object.values(filters).some((value) => value !== undefined) ? 'anew' : 'once';
}

const all = (conditions: Sql[]): Sql => join(conditions, ' AND ');

function span(column: string, { from, to }: { from?: Date; to?: Date }): Sql[] {
  return [...(from ? [sql`${raw(column)} >= ${from}`] : []), ...(to ? [sql`${raw(column)} < ${to}`] : [])];
}
