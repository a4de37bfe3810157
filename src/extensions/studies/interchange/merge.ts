import { isSame } from './study-record.js';

/** A field that a person changed since the last import, and that the document has otherwise. */
export interface FieldConflict {
  readonly field: string;
  /** The value that stays. */
  readonly here: unknown;
  /** Null where no import set it. */
  readonly last_import: unknown;
  readonly incoming: unknown;
}

export interface Merge<F> {
  /** Values to set. */
  readonly values: Partial<F>;
  readonly conflicts: readonly FieldConflict[];
  /** Values that imports have set, this one included. */
  readonly imported: Partial<F>;
}

/**
 * Merges what a document says into a record. A field is set where it is as the last import left it or, without an import of
 * it, empty; a field that a person set otherwise is a conflict and stays.
 *
 * @param units fields that are set together or not at all
 */
export function merge<F extends object>(
  here: F,
  incoming: Partial<F>,
  imported: Partial<F>,
  units: readonly (readonly (keyof F)[])[] = [],
): Merge<F> {
  const fields = Object.keys(incoming) as (keyof F)[];
  const differs = (field: keyof F) => field in incoming && !isSame(here[field], incoming[field]);
  const touched = (field: keyof F) =>
    field in imported ? !isSame(here[field], imported[field]) : !isEmpty(here[field]);
  const held = (field: keyof F): boolean =>
    [field, ...(units.find((unit) => unit.includes(field)) ?? [])].some((each) => differs(each) && touched(each));
  const conflicting = fields.filter((field) => differs(field) && held(field));
  const settled = fields.filter((field) => !conflicting.includes(field));
  const pick = (chosen: readonly (keyof F)[]) =>
    Object.fromEntries(chosen.map((field) => [field, incoming[field]])) as Partial<F>;
  return {
    values: pick(settled.filter(differs)),
    conflicts: conflicting.map((field) => ({
      field: String(field),
      here: here[field] ?? null,
      last_import: imported[field] ?? null,
      incoming: incoming[field] ?? null,
    })),
    imported: { ...imported, ...pick(settled) },
  };
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);
