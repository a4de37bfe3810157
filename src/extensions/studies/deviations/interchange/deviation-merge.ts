import { valuesEqual } from '../../../../core/persistence/column-values.js';

/** Values of fields, by their names in the API. */
export type Values = Readonly<Record<string, unknown>>;

/** Field that an import changes. */
export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Field that a person changed since the last import, and of which the file has another value. */
export interface FieldConflict {
  readonly field: string;
  /** The value that stays. */
  readonly here: unknown;
  /** Null where no import set it. */
  readonly last_import: unknown;
  readonly incoming: unknown;
}

export interface Merge {
  readonly changes: readonly FieldChange[];
  readonly conflicts: readonly FieldConflict[];
  /** The values that the next import compares with. */
  readonly imported: Values;
}

/**
 * Merges a row into a record. A field is set where it is as the last import left it or, without an import of it, empty: what a
 * person wrote stays and is a conflict.
 *
 * @param given values of the row; fields that it does not have stay
 * @param imported values of the last import; undefined for a record that was never imported
 */
export function mergeRow(stored: Values, given: Values, imported: Values = {}): Merge {
  const differing = Object.keys(given).filter((field) => !valuesEqual(stored[field] ?? null, given[field] ?? null));
  const untouched = (field: string) => valuesEqual(stored[field] ?? null, imported[field] ?? null);
  const changing = differing.filter(untouched);
  const conflicting = differing.filter((field) => !untouched(field));
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
