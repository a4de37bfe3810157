import sql, { type Sql } from 'sql-template-tag';
import { iso } from '../../infrastructure/database/database.js';

/** The last change of a field since a version of its record. */
export interface FieldChange {
  readonly field: string;
  readonly version: number;
  /** Null where a job of the product made the change. */
  readonly changed_by: number | null;
  readonly changed_by_user: string;
  readonly changed_at: string;
}

/** Entries looked through, the newest: someone who is further behind reads the record again anyhow. */
const MAX_ENTRIES = 200;

/** Selects which of some fields changed after a version, as `FieldChange`; no values, so redacted ones cannot show. */
export function changesSinceSql(type: string, id: number, version: number, fields: readonly string[]): Sql {
  return sql`SELECT DISTINCT ON (c.field) c.field, a.entity_version AS version, a.actor_id AS changed_by,
      a.actor_name AS changed_by_user, ${iso(sql`a.occurred_at`)} AS changed_at
    FROM (SELECT id, entity_version, actor_id, actor_name, occurred_at, changes FROM audit_trail
        WHERE entity_type = ${type} AND entity_id = ${id} ORDER BY id DESC LIMIT ${MAX_ENTRIES}) a,
      jsonb_object_keys(a.changes) c(field)
    WHERE a.entity_version > ${version} AND c.field = ANY(${fields}::text[])
    ORDER BY c.field, a.id DESC`;
}
