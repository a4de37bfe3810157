import { type EntryRow } from '../format/leaf.js';

/** A defect of the audit trail, as one sentence for operators. */
export class IntegrityError extends Error {}

/** Names an entry at the beginning of a sentence. */
export function storedEntryLabel(row: Pick<EntryRow, 'id' | 'action' | 'entity_type' | 'entity_id'>): string {
  const entity = row.entity_id === null ? row.entity_type : `${row.entity_type} ${row.entity_id}`;
  return `Entry ${row.id} (${row.action}, ${entity})`;
}
