import sql, { raw, type Sql } from 'sql-template-tag';

/** Builds SQL that reads one field of a reconstructed record, cast to the type of its column. */
type FieldReader = (name: string, type?: string) => Sql;

/** Selects the last value of a field of `f.state`, which holds `[before, after]` by field. */
export const stateField: FieldReader = (name, type) =>
  sql`(f.state->${raw(`'${name}'`)}->>1)${type ? sql`::${raw(type)}` : sql``}`;

/**
 * Selects every record of a type as of a time, from the audit trail: a subquery with `id`, `state`, `version`, `updated_at` and
 * `since`. The last value of each field up to then is what the field was, since every change of it is an entry. Within a
 * record entries are ordered by their ids: its row is locked from before an entry is written until it is committed.
 *
 * A record without an entry of its creation is left out, since its earlier values are unknown.
 *
 * @param asOf an instant to the microsecond, itself included
 */
export function stateAsOf(type: string, asOf: string): Sql {
  return sql`(SELECT a.entity_id AS id, last_changes(a.changes ORDER BY a.id) AS state, max(a.entity_version) AS version,
      (array_agg(coalesce(a.entity_updated_at, a.occurred_at) ORDER BY a.id DESC))[1] AS updated_at,
      min(a.occurred_at) AS since
    FROM audit_trail a
    WHERE a.entity_type = ${type} AND a.entity_id IS NOT NULL AND a.occurred_at <= ${asOf}::timestamptz
    GROUP BY a.entity_id
    HAVING bool_or(a.action IN (${raw(['created', 'imported', 'registered'].map((verb) => `'${type}.${verb}'`).join(', '))})))`;
}

/** Compares a time with the clock that stamps entries, to the millisecond: a client may not send more digits. */
export const isFutureSql = (asOf: string): Sql =>
  sql`SELECT date_trunc('milliseconds', ${asOf}::timestamptz) > clock_timestamp() AS future`;
