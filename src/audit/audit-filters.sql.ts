import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { inScope } from '../core/authorization/policy.js';
import { type WithInstants } from '../core/http/span.js';
import { inFilter, ilikeFilter } from '../infrastructure/database/sql-filters.js';
import { type PlanMode } from '../infrastructure/database/database.js';
import { type EntryFilter, type EntryPage, type RequestFilter, type RequestPage } from './audit.dto.js';
import { ENTRY_POLICY_COLUMNS, readableEntries, readableRequests, REQUEST_POLICY_COLUMNS } from './audit.policy.js';

export function entriesWhere(actor: Actor, filter: WithInstants<EntryFilter>): Sql {
  return all([
    inScope(readableEntries(actor), ENTRY_POLICY_COLUMNS),
    ...span('a.occurred_at', filter),
    ...inFilter('a.actor_id', filter.actor, 'int'),
    ...inFilter('a.action', filter.action, 'text'),
    ...inFilter('a.entity_type', filter.entity_type, 'text'),
    ...inFilter('a.entity_id', filter.entity_id, 'int'),
    ...inFilter('a.session_id', filter.session, 'int'),
    ...(filter.field ? [sql`jsonb_path_query_array(a.changes, '$.keyvalue().key') ?| ${filter.field}::text[]`] : []),
    ...(filter.reason ? [sql`a.reason IS NOT NULL`, ...ilikeFilter(['a.reason'], filter.reason)] : []),
    ...ilikeFilter(['a.entity_name', 'a.actor_name', 'a.reason', CHANGED_VALUES], filter.q),
    ...(filter.request_id ? [ofRequest(filter.request_id)] : []),
  ]);
}

/** Filters that may be compared with each entry: no index has the texts, and that of the fields helps for rare ones. */
export type ScanningFilter = 'q' | 'reason' | 'field';

/** True for a search whose cost may grow with the whole trail, however few entries it finds (`q`: 2 s for 100,000). */
export const scansTrail = ({ q, reason, field }: Pick<EntryFilter, ScanningFilter>): boolean =>
  [q, reason, field].some((value) => value !== undefined);

/** Joins all values of an entry, before and after, into one text without field names. */
const CHANGED_VALUES = `(SELECT string_agg(v #>> '{}', E'\\n') FROM jsonb_path_query(a.changes, '$.*[*]') v)`;

/**
 * True for a search of the request log that may compare each line (50 to 110 ms for 300,000): no index has methods and status codes, and no
 * other filter is sure to leave few lines. Names of requests alone are.
 */
export const scansRequests = ({
  method,
  status_code,
  request_id,
}: Pick<RequestFilter, 'method' | 'status_code' | 'request_id'>): boolean =>
  request_id === undefined && [method, status_code].some((value) => value !== undefined);

export function requestsWhere(actor: Actor, filter: WithInstants<RequestFilter>): Sql {
  return all([
    inScope(readableRequests(actor), REQUEST_POLICY_COLUMNS),
    ...span('a.timestamp', filter),
    ...inFilter('a.user_id', filter.actor, 'int'),
    ...inFilter('a.method', filter.method, 'text'),
    ...inFilter('a.status_code', filter.status_code, 'int'),
    ...(filter.path ? pathsFrom(filter.path) : []),
    ...(filter.request_id ? [ofRequest(filter.request_id)] : []),
  ]);
}

/** Characters of a path that the index has: clients may send longer ones than an index can hold. */
const INDEXED_PATH = 200;

/** Matches the paths that start so. The second condition is for long ones alone: of both, the planner would expect far fewer rows. */
function pathsFrom(prefix: string): Sql[] {
  const indexed = sql`left(a.path, ${raw(String(INDEXED_PATH))}) ^@ left(${prefix}, ${raw(String(INDEXED_PATH))})`;
  return prefix.length <= INDEXED_PATH ? [indexed] : [indexed, sql`starts_with(a.path, ${prefix})`];
}

/** Returns `custom` for filters: their combinations exceed the names of statements, and one plan for all values suits few of them. */
export function planModeFor({
  limit: _limit,
  cursor: _cursor,
  include_total: _total,
  ...filters
}: WithInstants<EntryPage> | WithInstants<RequestPage>): PlanMode {
  return Object.values(filters).some((value) => value !== undefined) ? 'custom' : 'generic';
}

/** Matches a request by the client's id or by the server's. */
function ofRequest(id: string): Sql {
  const own = UUID.test(id) ? sql` OR a.server_request_id = ${id}::uuid` : sql``;
  return sql`(a.request_id = ${id}${own})`;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const all = (conditions: Sql[]): Sql => join(conditions, ' AND ');

function span(column: string, { from, to }: { from?: Date; to?: Date }): Sql[] {
  return [...(from ? [sql`${raw(column)} >= ${from}`] : []), ...(to ? [sql`${raw(column)} < ${to}`] : [])];
}
