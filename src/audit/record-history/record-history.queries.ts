import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ENTRY_POLICY_COLUMNS, readableEntries } from '../audit.policy.js';
import { AuditQueries, type EntryOrder } from '../audit.queries.js';
import { nameFieldOf } from '../entry-names.sql.js';
import { type Actor } from '../../core/authorization/actor.js';
import { type PageQuery } from '../../core/http/page.dto.js';
import { type JsonPage, type JsonRow } from '../../core/http/keyset-pagination.js';
import { inScope } from '../../core/authorization/policy.js';
import { Database, type PageOptions } from '../../infrastructure/database/database.js';

/** Members of changes that are no fields of the record. */
const NON_FIELDS = ['challenged', 'code', 'deadline_warning', 'password_kind'];
const CREATION_VERBS = ['created', 'imported', 'registered'];

export interface RecordReference {
  readonly type: string;
  readonly id: number;
}

interface RecordHistory extends JsonRow {
  /** Number of entries. */
  readonly entries: number;
  /** Id of the last of them: the entries are read later, when there may be more. */
  readonly last: string;
}

/** Reads the history of records, deleted ones too, from the audit trail alone. */
@Injectable()
export class RecordHistoryQueries {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditQueries,
  ) {}

  /** Reads a record without its entries; undefined where the trail has nothing that the actor may read. */
  historyOrThrow(actor: Actor, record: RecordReference): Promise<RecordHistory | undefined> {
    return this.database.row<RecordHistory>(historySql(record, entriesOf(actor, record)));
  }

  /** @param last id of the last entry, as `historyOrThrow` returned it */
  page(
    actor: Actor,
    record: RecordReference,
    last: string,
    query: PageQuery,
    read: Omit<PageOptions, 'reader'>,
  ): Promise<JsonPage> {
    return this.audit.entryPage(actor, entriesUntil(last, actor, record), query, read, orderOf(record));
  }

  /** Streams the entries of a record in batches. @param last as for `page` */
  all(actor: Actor, record: RecordReference, last: string, query: PageQuery): AsyncGenerator<JsonRow[]> {
    return this.audit.entryBatches(actor, entriesUntil(last, actor, record), query, orderOf(record));
  }
}

/** Sorts oldest first. */
function orderOf({ type, id }: RecordReference): EntryOrder {
  return { name: `life of ${type} ${id} id`, keys: [{ expression: 'a.id', type: 'bigint' }] };
}

function entriesOf(actor: Actor, { type, id }: RecordReference): Sql {
  return sql`a.entity_type = ${type} AND a.entity_id = ${id} AND ${inScope(readableEntries(actor), ENTRY_POLICY_COLUMNS)}`;
}

const entriesUntil = (last: string, actor: Actor, record: RecordReference): Sql =>
  sql`${entriesOf(actor, record)} AND a.id <= ${last}::bigint`;

/**
 * Names a record by the last value of its name field: the `entity_name` of an entry is the name before it. Omits `current`
 * for a removed record; one that is only marked as deleted keeps its values.
 */
function historySql({ type, id }: RecordReference, where: Sql): Sql {
  return sql`SELECT json_build_object('type', ${type}::text, 'id', ${id}::int,
      'name', coalesce(f.state->${nameFieldOf(type)}::text->>1, f.name), 'created', f.created,
      'current', CASE WHEN f.removed THEN NULL ELSE (SELECT coalesce(jsonb_object_agg(field, change->1), '{}')
        FROM jsonb_each(f.state) e(field, change) WHERE field <> ALL(${NON_FIELDS}::text[])) END,
      'version', f.version, 'entry_count', f.entries)::text AS json, f.entries::int AS entries, f.last
    FROM (SELECT last_changes(a.changes ORDER BY a.id) AS state, max(a.entity_version) AS version, count(*) AS entries, max(a.id) AS last,
        (array_agg(a.entity_name ORDER BY a.id DESC) FILTER (WHERE a.entity_name IS NOT NULL))[1] AS name,
        (array_agg(jsonb_build_object('at', to_char(a.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          'by', a.actor_name, 'action', a.action) ORDER BY a.id)
          FILTER (WHERE split_part(a.action, '.', 2) = ANY(${CREATION_VERBS}::text[])))[1] AS created,
        (array_agg(a.action LIKE '%.deleted' AND NOT a.changes ? 'deleted_at' ORDER BY a.id DESC))[1] AS removed
      FROM audit_trail a WHERE ${where}) f
    WHERE f.entries > 0`;
}
