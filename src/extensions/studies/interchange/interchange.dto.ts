import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn } from 'class-validator';
import { ApiSchemaHint } from '../../../core/http/api-docs.decorators.js';
import { oneOf, OptionalNotNull, ParseBoolean } from '../../../core/http/field.validators.js';
import { Count, Id } from '../../../core/http/schema.decorators.js';
import { FORMAT_NAMES } from './registry.js';

export const IMPORT_OUTCOMES = ['created', 'changed', 'unchanged', 'conflict', 'rejected'] as const;
export type ImportOutcome = (typeof IMPORT_OUTCOMES)[number];

export class StudyImportQuery {
  /** `true` does the whole import, answers with its result and rolls it back. */
  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'dry_run must be true or false' })
  dry_run?: boolean;
}

export class StudyExportQuery {
  /**
   * Default: the one that `Accept` prefers, else clinical-trials-gov.
   * @example "clinical-trials-gov"
   */
  @OptionalNotNull()
  @IsIn(FORMAT_NAMES, { message: oneOf(FORMAT_NAMES) })
  @ApiSchemaHint({ enum: [...FORMAT_NAMES] })
  format?: string;
}

/** A value of any field. */
const AnyFieldValue = (): PropertyDecorator =>
  ApiProperty({
    oneOf: [
      { type: 'object', nullable: true, additionalProperties: true },
      { type: 'array', items: { type: 'object', additionalProperties: true } },
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
    ],
  });

export class ImportChange {
  /**
   * Site of the field; null for a field of the study.
   * @example null
   */
  @Id()
  site_id: number | null;
  /** @example "overall_status" */
  field: string;
  /** @example "recruiting" */
  @AnyFieldValue()
  before: unknown;
  /** @example "active_not_recruiting" */
  @AnyFieldValue()
  after: unknown;
}

/** A field that a person has changed since the last import. It keeps its value. */
export class ImportConflict {
  /**
   * Site of the field; null for a field of the study.
   * @example null
   */
  @Id()
  site_id: number | null;
  /**
   * Null where the record as a whole cannot be taken.
   * @example "trial_acronym"
   */
  field: string | null;
  /**
   * `changed_here`, `removed_here` for a site, or the code of the problem of a record that cannot be taken.
   * @example "changed_here"
   */
  code: string;
  /** @example "trial_acronym was changed here since the last import, and keeps its value" */
  message: string;
  /**
   * The value that stays.
   * @example "ASTER-2"
   */
  @AnyFieldValue()
  here: unknown;
  /** @example "ASTER" */
  @AnyFieldValue()
  last_import: unknown;
  /** @example "ASTER II" */
  @AnyFieldValue()
  incoming: unknown;
}

export class ImportFault {
  /**
   * JSON pointer (RFC 6901) into the document.
   * @example "/studies/3/protocolSection/statusModule/overallStatus"
   */
  pointer: string;
  /** @example "is_in" */
  code: string;
  /** @example "overallStatus must be one of RECRUITING, COMPLETED" */
  message: string;
}

export class ImportedSites {
  /** @example 12 */
  @Count()
  created_count: number;
  /** @example 1 */
  @Count()
  changed_count: number;
  /** @example 486 */
  @Count()
  unchanged_count: number;
  /**
   * Sites that earlier imports brought and the document no longer has. They stay.
   * @example [7]
   */
  @Id()
  absent_site_ids: number[];
}

export class ImportedRecord {
  /**
   * JSON pointer of the record in the document; empty for a document that is one record.
   * @example "/studies/3"
   */
  pointer: string;
  /** @example "changed" */
  @ApiSchemaHint({ enum: [...IMPORT_OUTCOMES] })
  outcome: ImportOutcome;
  /**
   * Null for a record that was not taken, and in a dry run for one that would be created.
   * @example 1
   */
  @Id()
  study_id: number | null;
  /** @example "NCT05551234" */
  nct_number: string | null;
  /** @example "CT-1042-02" */
  sponsor_protocol_identifier: string | null;
  /** Changed fields of a study that was here, and of its sites. */
  changes: ImportChange[];
  conflicts: ImportConflict[];
  /** Why a record was rejected. */
  errors: ImportFault[];
  sites: ImportedSites;
}

export class ImportReport {
  /** @example "clinical-trials-gov" */
  format: string;
  /** @example false */
  dry_run: boolean;
  /** @example 1 */
  @Count()
  created_count: number;
  /** @example 3 */
  @Count()
  changed_count: number;
  /** @example 40 */
  @Count()
  unchanged_count: number;
  /** @example 1 */
  @Count()
  conflict_count: number;
  /** @example 0 */
  @Count()
  rejected_count: number;
  /** In the order of the document. */
  records: ImportedRecord[];
}
