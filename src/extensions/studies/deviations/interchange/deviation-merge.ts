import { valuesEqual } from '../../../../core/persistence/column-values.js';
import { type FieldConflict } from '../../interchange/merge.js';

/** Values of fields, by their names in the API. */
export type Values = Readonly<Record<string, unknown>>;

/** Field that an import changes. */
export interface DeviationFieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface DeviationMerge {
  readonly changes: readonly DeviationFieldChange[];
  readonly conflicts: readonly FieldConflict[];
  /** The values that the next import compares with. */
  readonly imported: Values;
}

/** A monitoring visit is at the site: one of them alone could contradict the other that stays. */
const PLACE = ['site_id', 'monitoring_visit_id'];

/**
 * Merges a row into a record. A field is set where it is as the last import left it or, without an import of it, empty: what a
 * person wrote stays and is a conflict. The site and the monitoring visit are set together or not at all.
 *
 * @param given values of the row; fields that it does not have stay
 * @param imported values of the last import; undefined for a record that was never imported
 */
export function mergeRow(stored: Values, given: Values, imported: Values = {}): DeviationMerge {
  const differing = Object.keys(given).filter((field) => !valuesEqual(stored[field] ?? null, given[field] ?? null));
  const untouched = (field: string) => valuesEqual(stored[field] ?? null, imported[field] ?? null);
  const placeStays = PLACE.some((field) => differing.includes(field) && !untouched(field));
  const stays = (field: string) => (PLACE.includes(field) ? placeStays : !untouched(field));
  const changing = differing.filter((field) => !stays(field));
  const conflicting = differing.filter(stays);
  const accepted = Object.entries(given).filter(([field]) => !conflicting.includes(field));
  return {
    changes: changing.map((field) => ({ field, before: stored[field] ?? null, after: given[field] ?? null })),
    conflicts: conflicting.map((field) => ({
      field,
      here: stored[field] ?? null,
      last_import: imported[field] ?? null,
      incoming: given[field] ?? null,
    })),
    imported: { ...imported, ...Object.fromEntries(accepted) },
  };
}
