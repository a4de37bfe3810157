import { ApiSchemaHint } from '../../../../core/http/api-docs.decorators.js';
import { OptionalNotNull, ParseBoolean } from '../../../../core/http/field.validators.js';
import { Count, Id, Integer } from '../../../../core/http/schema.decorators.js';
import { IsBoolean } from 'class-validator';

const DEVIATION_OUTCOMES = ['created', 'changed', 'unchanged', 'conflict', 'rejected'] as const;
export type DeviationOutcome = (typeof DEVIATION_OUTCOMES)[number];

export class DeviationImportQuery {
  /** `true` does all of it and rolls it back: the answer is that of the import. */
  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'dry_run must be true or false' })
  dry_run?: boolean;
}

/** Values are texts, also those of flags and ids; null for none. */
export class DeviationFieldChange {
  /** @example "category" */
  field: string;
  /** @example "VISIT" */
  before: string | null;
  /** @example "VISIT WINDOW" */
  after: string | null;
}

/** A field that a person has changed since the last import. It keeps its value. */
export class DeviationFieldConflict {
  /** @example "category" */
  field: string;
  /**
   * The value that stays.
   * @example "STUDY PROCEDURE"
   */
  here: string | null;
  /** @example "VISIT" */
  last_import: string | null;
  /** @example "VISIT WINDOW" */
  incoming: string | null;
}

export class DeviationCellError {
  /** @example "DVSTDTC" */
  column: string;
  /** @example "is_day" */
  code: string;
  /** @example "DVSTDTC must be a day like 2026-03-01, from year 1 to 9998" */
  message: string;
}

export class DeviationImportRecord {
  /**
   * Number of the row as a spreadsheet shows it; the header is row 1.
   * @example 2
   */
  @Integer({ minimum: 1 })
  row: number;
  /**
   * DVSPID.
   * @example "PD-0012"
   */
  sponsor_defined_identifier: string | null;
  /**
   * Id of the deviation; null where none was written.
   * @example 3
   */
  @Id()
  id: number | null;
  /**
   * `conflict`: fields that a person changed since the last import stay; those in `changes` are changed.
   * @example "changed"
   */
  @ApiSchemaHint({ enum: [...DEVIATION_OUTCOMES] })
  outcome: DeviationOutcome;
  changes: DeviationFieldChange[];
  conflicts: DeviationFieldConflict[];
  errors: DeviationCellError[];
}

export class DeviationImportReport {
  /** True where nothing was kept. */
  dry_run: boolean;
  /** @example 0 */
  @Count()
  created_count: number;
  /** @example 1 */
  @Count()
  changed_count: number;
  /** @example 0 */
  @Count()
  unchanged_count: number;
  /** @example 0 */
  @Count()
  conflict_count: number;
  /** @example 0 */
  @Count()
  rejected_count: number;
  /** In the order of the file. */
  records: DeviationImportRecord[];
}
