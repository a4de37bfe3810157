import sql, { type Sql } from 'sql-template-tag';

/** A field of a record whose present value was redacted in the audit trail. */
export interface RedactedValue {
  readonly id: number;
  readonly field: string;
}

/** Selects, as `RedactedValue`, which of some fields of records took their present value in an entry that it was redacted from. */
export function redactedValuesSql(type: string, ids: readonly number[], fields: readonly string[]): Sql {
  return sql`SELECT latest.id, latest.field FROM (
      SELECT DISTINCT ON (a.entity_id, f.field) a.entity_id AS id, f.field, a.id AS entry_id, a.openings
      FROM audit_trail a, unnest(${fields}::text[]) f(field)
      WHERE a.entity_type = ${type} AND a.entity_id = ANY(${ids}::int[]) AND a.changes ? f.field
      ORDER BY a.entity_id, f.field, a.id DESC) latest
    WHERE latest.openings IS NOT NULL AND EXISTS (SELECT FROM redactions r
      WHERE r.entry_id = latest.entry_id AND r.applied_at IS NOT NULL AND latest.field || '.after' = ANY(r.fields))
    ORDER BY 1, 2`;
}
