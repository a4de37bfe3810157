import sql, { join, raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../core/authorization/actor.js';
import { inScope } from '../core/authorization/policy.js';
import { type WithInstants } from '../core/http/span.js';
import { anyOf, containing } from '../infrastructure/database/sql-filters.js';
import { type Planning } from '../infrastructure/database/database.js';
import { type EntryFilter, type EntryPage, type RequestFilter, type RequestPage } from './audit.dto.js';
import { ENTRY_COLUMNS, readableEntries, readableRequests, REQUEST_COLUMNS } from './audit.policy.js';

export function entriesWhere(me: Actor, filter: WithInstants<EntryFilter>): Sql {
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
    ...(filter.request_id ? [ofRequest(filter.request_id)] : []),
  ]);
}

/** What was and what is, of all fields of an entry, as one text; without the names of the fields. */
const VALUES = `(SELECT string_agg(v #>> '{}', E'\\n') FROM jsonb_path_query(a.changes, '$.*[*]') v)`;

export function requestsWhere(me: Actor, filter: WithInstants<RequestFilter>): Sql {
  return all([
    inScope(readableRequests(me), REQUEST_COLUMNS),
    ...span('a.timestamp', filter),
    ...anyOf('a.user_id', filter.actor, 'int'),
    ...anyOf('a.method', filter.method, 'text'),
    ...anyOf('a.status_code', filter.status_code, 'int'),
    ...(filter.path ? [sql`starts_with(a.path, ${filter.path})`] : []),
    ...(filter.request_id ? [ofRequest(filter.request_id)] : []),
  ]);
}

/** Filters are combined in more ways than there are names for statements, and one plan for all values suits few of them. */
export function planning({
  limit: _limit,
  cursor: _cursor,
  include_total: _total,
  ...filters
}: WithInstants<EntryPage> | WithInstants<RequestPage>): Planning {
  return Object.values(filters).some((value) => value !== undefined) ? 'anew' : 'once';
}

/** A request by the client's name of it, or by the server's own. */
function ofRequest(id: string): Sql {
  const own = UUID.test(id) ? sql` OR a.server_request_id = ${id}::uuid` : sql``;
  return sql`(a.request_id = ${id}${own})`;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const all = (conditions: Sql[]): Sql => join(conditions, ' AND ');

function span(column: string, { from, to }: { from?: Date; to?: Date }): Sql[] {
  return [...(from ? [sql`${raw(column)} >= ${from}`] : []), ...(to ? [sql`${raw(column)} < ${to}`] : [])];
}
