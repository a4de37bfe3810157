import { type EntryRow } from '../format/leaf.js';

/** What is wrong with the audit trail, in one sentence for people. */
export class IntegrityError extends Error {}

/** How a sentence begins that is about an entry. */
export function storedEntryLabel(row: Pick<EntryRow, 'id' | 'action' | 'entity_type' | 'entity_id'>): string {
  const entity = row.entity_id === null ? row.entity_type : `${row.entity_type} ${row.entity_id}`;
  return `Entry ${row.id} (${row.action}, ${entity})`;
}
