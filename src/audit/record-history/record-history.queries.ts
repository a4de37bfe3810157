import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { ENTRY_POLICY_COLUMNS, readableEntries } from '../audit.policy.js';
import { AuditQueries, type EntryOrder } from '../audit.queries.js';
import { type Actor } from '../../core/authorization/actor.js';
import { type PageQuery } from '../../core/http/page.dto.js';
import { type JsonPage, type JsonRow } from '../../core/http/keyset-pagination.js';
import { inScope } from '../../core/authorization/policy.js';
import { Database } from '../../infrastructure/database/database.js';

/** What entries tell beside the fields of the record. */
const BESIDE = ['challenged', 'code', 'deadline_warning', 'password_kind'];
const BEGINNINGS = ['created', 'imported', 'registered'];

export interface RecordName {
  readonly type: string;
  readonly id: number;
}

interface RecordHistory extends JsonRow {
  /** How many there are. */
  readonly entries: number;
}

/** The lives of records, from the audit trail alone: also of those that are gone. */
@Injectable()
export class RecordHistoryQueries {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditQueries,
  ) {}

  /** One record without its entries; undefined where the trail knows nothing that the actor may read. */
  historyOrThrow(actor: Actor, record: RecordName): Promise<RecordHistory | undefined> {
    return this.database.row<RecordHistory>(historySql(record, entriesOf(actor, record)));
  }

  page(actor: Actor, record: RecordName, query: PageQuery, limit: number): Promise<JsonPage> {
    return this.audit.entryPage(entriesOf(actor, record), query, limit, orderOf(record));
  }

  /** All of its entries, in batches. */
  all(actor: Actor, record: RecordName, query: PageQuery): AsyncGenerator<JsonRow[]> {
    return this.audit.entryBatches(actor, entriesOf(actor, record), query, orderOf(record));
  }
}

/** Oldest first. */
function orderOf({ type, id }: RecordName): EntryOrder {
  return { name: `life of ${type} ${id} id`, keys: [{ expression: 'a.id', type: 'bigint' }] };
}

function entriesOf(actor: Actor, { type, id }: RecordName): Sql {
  return sql`a.entity_type = ${type} AND a.entity_id = ${id} AND ${inScope(readableEntries(actor), ENTRY_POLICY_COLUMNS)}`;
}

/** A record that was removed has lost all values that it had; one that is only marked as deleted keeps them. */
function historySql({ type, id }: RecordName, where: Sql): Sql {
  return sql`SELECT json_build_object('type', ${type}::text, 'id', ${id}::int, 'name', f.name, 'created', f.created,
      'current', CASE WHEN f.removed THEN NULL ELSE (SELECT coalesce(jsonb_object_agg(field, change->1), '{}')
        FROM jsonb_each(f.state) e(field, change) WHERE field <> ALL(${BESIDE}::text[])) END,
      'version', f.version, 'entry_count', f.entries)::text AS json, f.entries::int AS entries
    FROM (SELECT last_changes(a.changes ORDER BY a.id) AS state, max(a.entity_version) AS version, count(*) AS entries,
        (array_agg(a.entity_name ORDER BY a.id DESC) FILTER (WHERE a.entity_name IS NOT NULL))[1] AS name,
        (array_agg(jsonb_build_object('at', to_char(a.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          'by', a.actor_name, 'action', a.action) ORDER BY a.id)
          FILTER (WHERE split_part(a.action, '.', 2) = ANY(${BEGINNINGS}::text[])))[1] AS created,
        (array_agg(a.action LIKE '%.deleted' AND NOT a.changes ? 'deleted_at' ORDER BY a.id DESC))[1] AS removed
      FROM audit_trail a WHERE ${where}) f
    WHERE f.entries > 0`;
}
