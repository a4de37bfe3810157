import { Injectable } from '@nestjs/common';
import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { type ListReader } from '../core/http/list-response.js';
import { spanned, type WithInstants } from '../core/http/span.js';
import { type AuditedList } from './access-log/read-access.recorder.js';
import {
  limitSql,
  cursorColumns,
  fetchSize,
  orderBy,
  toPage,
  cursorCondition,
  type JsonPage,
  type JsonRow,
  type SortKey,
} from '../core/http/keyset-pagination.js';
import { type PageQuery } from '../core/http/page.dto.js';
import { Database, iso, type PageOptions } from '../infrastructure/database/database.js';
import { describeEntry } from './descriptions/entry-description.js';
import { maskRedacted, type DescribableEntry } from './descriptions/wording.js';
import { DeniedAccessRecorder } from './access-log/denied-access.recorder.js';
import {
  entriesWhere,
  planModeFor,
  requestsWhere,
  scansRequests,
  scansTrail,
  type ScanningFilter,
} from './audit-filters.sql.js';
import {
  type EntryFilter,
  type EntryPage,
  type RedactedField,
  type RequestFilter,
  type RequestPage,
} from './audit.dto.js';
import { namesSql } from './entry-names.sql.js';

/** Sort order of entries, with the scope of its cursors. */
export interface EntryOrder {
  readonly name: string;
  readonly keys: readonly SortKey[];
}

const NEWEST_FIRST: readonly SortKey[] = [{ expression: 'a.id', type: 'bigint', descending: true }];
const ENTRIES: EntryOrder = { name: 'entries -id', keys: NEWEST_FIRST };
const LOGGED: EntryOrder = { name: 'requests -id', keys: NEWEST_FIRST };
const micros = (column: string) => raw(`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`);

type MaskableEntry = DescribableEntry & { readonly redacted: readonly RedactedField[] };
type EntryRow = JsonRow & MaskableEntry & { readonly cursor: string[] };
/** Selects the redacted fields of an entry `a`, with requester, approver and reason. */
export const REDACTED_FIELDS = sql`CASE WHEN a.openings IS NULL THEN '[]'::json ELSE coalesce((
  SELECT json_agg(json_build_object('field', f.field, 'by', r.requested_by, 'approved_by', r.decided_by,
    'reason', r.reason, 'at', ${micros('r.applied_at')}) ORDER BY r.id, f.place)
  FROM redactions r, unnest(r.fields) WITH ORDINALITY AS f(field, place)
  WHERE r.entry_id = a.id AND r.applied_at IS NOT NULL), '[]') END`;

/** One of the two logs: its table, and its columns by their names in the API. */
interface Source {
  readonly table: Sql;
  readonly columns: readonly (readonly [name: string, expression: Sql])[];
}

/** Casts to float8, since the driver returns bigint and numeric as text. */
const number = (column: string) => raw(`${column}::float8`);
const plain = (...names: string[]) => names.map((name) => [name, raw(`a.${name}`)] as const);

const TRAIL: Source = {
  table: sql`audit_trail a`,
  columns: [
    ['id', number('a.id')],
    ['occurred_at', micros('a.occurred_at')],
    ...plain('actor_id', 'actor_name', 'actor_role', 'action', 'entity_type', 'entity_id', 'entity_version'),
    ...plain('entity_name'),
    ...plain('changes', 'reason', 'request_id', 'server_request_id', 'session_id', 'ip_address'),
    ['entity_updated_at', iso(sql`a.entity_updated_at`)],
    ['redacted', REDACTED_FIELDS],
  ],
};

const REQUESTS: Source = {
  table: sql`api_audit_logs a`,
  columns: [
    ['id', number('a.id')],
    ['timestamp', iso(sql`a.timestamp`)],
    ...plain('user_id', 'username', 'method', 'path', 'operation', 'status_code'),
    ['duration_ms', number('a.duration_ms')],
    ...plain('ip_address', 'user_agent', 'request_id', 'server_request_id', 'query', 'request_body', 'response_body'),
    ...plain('request_count', 'omitted_bytes'),
  ],
};

export const ENTRY_FIELDS = [...TRAIL.columns.map(([name]) => name), 'sentence'];
export const REQUEST_FIELDS = REQUESTS.columns.map(([name]) => name);

/** Columns that `describeEntry` needs besides the JSON of an entry. */
const descriptionColumns = (
  actor: Actor,
) => sql`a.actor_name, a.actor_role, a.action, a.entity_type, a.entity_id, a.entity_name, a.changes, a.reason, ${namesSql(actor)},
  ${REDACTED_FIELDS} AS redacted`;

/** Reads audit trail and request log, each within the scope of its policy. */
@Injectable()
export class AuditQueries {
  constructor(
    private readonly database: Database,
    private readonly deniedAccess: DeniedAccessRecorder,
  ) {}

  /** Returns the list of audit entries; its stream ends with the entries that exist when it begins. */
  entryList(actor: Actor, query: EntryPage): AuditedList {
    const filter = spanned(actor, query, 'from', 'to');
    return {
      count: (gone) => this.countEntries(actor, filter, gone),
      page: (limit, gone) => this.entries(actor, filter, limit, gone),
      stream: () => this.allEntries(actor, filter),
    };
  }

  /** Returns the list of logged requests. */
  requestList(actor: Actor, query: RequestPage): ListReader {
    const filter = spanned(actor, query, 'from', 'to');
    return {
      count: (gone) => this.countRequests(actor, filter, gone),
      page: (limit, gone) => this.requests(actor, filter, limit, gone),
      stream: () => this.allRequests(actor, filter),
    };
  }

  entries(actor: Actor, filter: WithInstants<EntryPage>, limit: number, gone?: () => AbortSignal): Promise<JsonPage> {
    const read = { limit, gone, planned: planModeFor(filter), scans: scansTrail(filter) };
    return this.entryPage(actor, entriesWhere(actor, filter), filter, read, ENTRIES);
  }

  /** Streams the entries of a filter with their sentences, newest first, without those added while it runs. */
  async allEntries(actor: Actor, filter: WithInstants<EntryPage>): Promise<AsyncGenerator<JsonRow[]>> {
    await this.deniedAccess.flush();
    const newest = await this.database.row<{ id: string }>(sql`SELECT coalesce(max(id), 0) AS id FROM audit_trail`);
    const where = sql`${entriesWhere(actor, filter)} AND a.id <= ${newest?.id}::bigint`;
    return this.entryBatches(actor, where, filter, ENTRIES);
  }

  async countEntries(actor: Actor, filter: WithInstants<EntryPage>, gone?: () => AbortSignal): Promise<number> {
    await this.deniedAccess.flush();
    const read = { reader: actor.id, gone, scans: scansTrail(filter) };
    return this.database.runShort(read, () => this.count(TRAIL, entriesWhere(actor, filter)));
  }

  /** Reads a page of entries with their sentences. */
  async entryPage(
    actor: Actor,
    where: Sql,
    { cursor }: PageQuery,
    read: Omit<PageOptions, 'reader'>,
    order: EntryOrder,
  ): Promise<JsonPage> {
    const { limit } = read;
    const statement = sql`${listSql(TRAIL, descriptionColumns(actor), where, order, cursor)} ${limitSql(fetchSize(limit))}`;
    // Denials before this read have to be in its result.
    await this.deniedAccess.flush();
    const page = await this.database.pageRows<EntryRow>(statement, { ...read, reader: actor.id });
    return toPage(page.rows.map(withSentence), page.limit, order.name);
  }

  /** Streams all entries with their sentences, in batches. */
  entryBatches(
    actor: Actor,
    where: Sql,
    filter: PageQuery & Pick<EntryFilter, ScanningFilter>,
    order: EntryOrder,
  ): AsyncGenerator<JsonRow[]> {
    const statement = listSql(TRAIL, descriptionColumns(actor), where, order, filter.cursor);
    const scans = scansTrail(filter);
    return describedBatches(this.database.stream<EntryRow>(statement, actor.id, { scans }));
  }

  async requests(
    actor: Actor,
    filter: WithInstants<RequestPage>,
    limit: number,
    gone?: () => AbortSignal,
  ): Promise<JsonPage> {
    const list = listSql(REQUESTS, undefined, requestsWhere(actor, filter), LOGGED, filter.cursor);
    const statement = sql`${list} ${limitSql(fetchSize(limit))}`;
    const page = await this.database.pageRows<EntryRow>(statement, {
      limit,
      reader: actor.id,
      gone,
      planned: planModeFor(filter),
      scans: scansRequests(filter),
    });
    return toPage(page.rows, page.limit, LOGGED.name);
  }

  /** Streams the requests of a filter in batches, newest first. */
  allRequests(actor: Actor, filter: WithInstants<RequestPage>): AsyncGenerator<JsonRow[]> {
    const statement = listSql(REQUESTS, undefined, requestsWhere(actor, filter), LOGGED, filter.cursor);
    return this.database.stream(statement, actor.id, { scans: scansRequests(filter) });
  }

  countRequests(actor: Actor, filter: WithInstants<RequestPage>, gone?: () => AbortSignal): Promise<number> {
    const read = { reader: actor.id, gone, scans: scansRequests(filter) };
    return this.database.runShort(read, () => this.count(REQUESTS, requestsWhere(actor, filter)));
  }

  /** Streams the entries of a filter as rows, oldest first. */
  async *entryRows(actor: Actor, filter: WithInstants<EntryFilter>): AsyncGenerator<Record<string, unknown>[]> {
    await this.deniedAccess.flush();
    const where = entriesWhere(actor, filter);
    const read = { more: namesSql(actor), scans: scansTrail(filter) };
    for await (const rows of this.rows<MaskableEntry>(actor, TRAIL, where, read))
      yield rows.map(({ users, tags, names, ...entry }) => ({
        ...entry,
        sentence: describeEntry(maskRedacted({ ...entry, users, tags, names: names ?? null })),
      }));
  }

  requestRows(actor: Actor, filter: WithInstants<RequestFilter>): AsyncGenerator<Record<string, unknown>[]> {
    return this.rows(actor, REQUESTS, requestsWhere(actor, filter), { scans: scansRequests(filter) });
  }

  private async count({ table }: Source, where: Sql): Promise<number> {
    const statement = sql`SELECT count(*) AS n FROM ${table} WHERE ${where}`;
    return Number((await this.database.rows<{ n: string }>(statement, 'custom'))[0]?.n);
  }

  private rows<R extends object>(
    actor: Actor,
    { table, columns }: Source,
    where: Sql,
    { more, scans }: { readonly more?: Sql; readonly scans?: boolean } = {},
  ): AsyncGenerator<R[]> {
    const list = join([
      ...columns.map(([name, expression]) => sql`${expression} AS ${raw(name)}`),
      ...(more ? [more] : []),
    ]);
    return this.database.stream(sql`SELECT ${list} FROM ${table} WHERE ${where} ORDER BY a.id`, actor.id, { scans });
  }
}

function listSql(
  { table, columns }: Source,
  more: Sql | undefined,
  where: Sql,
  { name, keys }: EntryOrder,
  cursor: string | undefined,
): Sql {
  const object = join(columns.map(([column, expression]) => sql`${raw(`'${column}'`)}, ${expression}`));
  const list = join([sql`json_build_object(${object})::text AS json`, cursorColumns(keys), ...(more ? [more] : [])]);
  return sql`SELECT ${list} FROM ${table} WHERE ${where} AND ${cursorCondition(cursor, name, keys)} ORDER BY ${orderBy(keys)}`;
}

async function* describedBatches(batches: AsyncGenerator<EntryRow[]>): AsyncGenerator<JsonRow[]> {
  for await (const rows of batches) yield rows.map(withSentence);
}

/** Appends the sentence to the JSON of the database, which saves parsing it. */
function withSentence({ json, cursor, ...entry }: EntryRow): JsonRow & { cursor: string[] } {
  return { json: `${json.slice(0, -1)}, "sentence" : ${JSON.stringify(describeEntry(maskRedacted(entry)))}}`, cursor };
}
