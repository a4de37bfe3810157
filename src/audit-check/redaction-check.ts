import sql from 'sql-template-tag';
import { type Ask } from '../core/prepared.js';
import { AuditFault, nameOfEntry } from '../leaf-reading/audit-fault.js';
import { ENTRY_COLUMNS, redactedBy } from '../leaf-reading/stored-tree.js';
import { type EntryRow } from '../log-format/leaf.js';

/** @throws AuditFault where a value was taken out of an entry and no entry says that it was */
export async function checkRedactions(ask: Ask): Promise<void> {
  const field = sql`regexp_replace(regexp_replace(path, '^changes\\.(.*)\\.0$', '\\1.before'),
    '^changes\\.(.*)\\.1$', '\\1.after')`;
  const [row] = await ask<EntryRow & { field: string }>(sql`SELECT ${ENTRY_COLUMNS}, ${field} AS field
    FROM audit_trail a, jsonb_object_keys(a.openings->'commitments') path
    WHERE a.openings IS NOT NULL AND NOT EXISTS (SELECT FROM audit_trail r
      WHERE r.action = 'entry.redacted' AND r.entity_type = 'entry' AND ${redactedBy('r')} = a.id::text
        AND r.changes->'fields'->1 ? ${field})
    ORDER BY a.id LIMIT 1`);
  if (row) throw new AuditFault(`${row.field} is gone from ${nameOfEntry(row)}, and no entry says who redacted it.`);
}
