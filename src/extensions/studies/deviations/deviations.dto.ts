import { IsBoolean, Length } from 'class-validator';
import { ApiSchemaHint } from '../../../core/http/api-docs.decorators.js';
import {
  Composed,
  GIVEN_ONCE,
  IsId,
  OptionalNotNull,
  OptionalNullable,
  ParseBoolean,
} from '../../../core/http/field.validators.js';
import { PartialType } from '../../../core/http/mapped-types.js';
import { PageQuery } from '../../../core/http/page.dto.js';
import { ReadOnly } from '../../../core/http/validation.pipe.js';
import { Day, Id, Instant, VersionNumber } from '../../../core/http/schema.decorators.js';
import { IsOptionalDay, IsStudyDay } from '../records/day.validators.js';
import { AnyId, AnyOf, AnyText, SortedBy } from '../records/filters.js';
import { IsOptionalText, IsText } from '../records/text.validators.js';
import { DEVIATION_STAGES } from './deviation.entity.js';
import { IsOptionalParticipantCode } from './participant-code.validator.js';

export class DeviationView {
  /** @example 3 */
  @Id()
  id: number;
  /** @example 1 */
  @Id()
  study_id: number;
  /** @example 2 */
  @Id()
  site_id: number;
  /**
   * The monitoring visit that found it.
   * @example 7
   */
  @Id()
  monitoring_visit_id: number | null;
  /**
   * DVSPID: what files of others know the deviation by.
   * @example "PD-0012"
   */
  sponsor_defined_identifier: string;
  /**
   * Code of the participant at the site; nothing that identifies a person.
   * @example "104-007"
   */
  participant_code: string | null;
  /**
   * DVTERM.
   * @example "Visit 3 took place nine days after its window"
   */
  term: string;
  /**
   * DVDECOD.
   * @example "VISIT OUT OF WINDOW"
   */
  coded_term: string | null;
  /**
   * DVCAT.
   * @example "STUDY PROCEDURE"
   */
  category: string | null;
  /** @example "TREATMENT" */
  epoch: string | null;
  /** @example "2026-10-12" */
  @Day()
  start_date: string;
  /** @example "2026-10-21" */
  @Day()
  end_date: string | null;
  /** @example "2026-11-03" */
  @Day()
  identified_on: string;
  /** True for an important protocol deviation (ICH E3). */
  important: boolean;
  serious_noncompliance: boolean;
  /** @example "2026-11-05" */
  @Day()
  reported_on: string | null;
  /** @example "2026-12-01" */
  @Day()
  due_date: string | null;
  /** @example "The site was trained again on the visit windows." */
  resolution: string | null;
  /** @example "2026-11-24" */
  @Day()
  resolved_on: string | null;
  /**
   * By the dates: open, overdue, resolved.
   * @example "resolved"
   */
  @ApiSchemaHint({ enum: [...DEVIATION_STAGES] })
  stage: (typeof DEVIATION_STAGES)[number];
  /**
   * Number of the version, the `ETag` of the deviation.
   * @example 1
   */
  @VersionNumber()
  version: number;
  /** @example "2026-11-03T08:00:00.000Z" */
  @Instant()
  created_at: string;
  /** @example "2026-11-24T08:00:00.000Z" */
  @Instant()
  updated_at: string;
}

const READ_ONLY = ['id', 'study_id', 'stage', 'version', 'created_at', 'updated_at'];

@ReadOnly(...READ_ONLY)
export class NewDeviation {
  /** @example 2 */
  @IsId()
  site_id: number;
  /** @example 7 */
  @OptionalNullable()
  @IsId()
  monitoring_visit_id?: number | null;
  /**
   * DVSPID, unique within the study. Default: a UUID.
   * @example "PD-0012"
   */
  @OptionalNotNull()
  @IsText(100)
  sponsor_defined_identifier?: string;
  /** @example "104-007" */
  @IsOptionalParticipantCode()
  participant_code?: string | null;
  /** @example "Visit 3 took place nine days after its window" */
  @IsText(2000)
  term: string;
  /** @example "VISIT OUT OF WINDOW" */
  @IsOptionalText(200)
  coded_term?: string | null;
  /** @example "STUDY PROCEDURE" */
  @IsOptionalText(200)
  category?: string | null;
  /** @example "TREATMENT" */
  @IsOptionalText(100)
  epoch?: string | null;
  /** @example "2026-10-12" */
  @IsStudyDay()
  start_date: string;
  /** @example "2026-10-21" */
  @IsOptionalDay()
  end_date?: string | null;
  /** @example "2026-11-03" */
  @IsStudyDay()
  identified_on: string;
  /** Default: false. */
  @OptionalNotNull()
  @IsBoolean()
  important?: boolean;
  /** Default: false. */
  @OptionalNotNull()
  @IsBoolean()
  serious_noncompliance?: boolean;
  /** @example "2026-11-05" */
  @IsOptionalDay()
  reported_on?: string | null;
  /** @example "2026-12-01" */
  @IsOptionalDay()
  due_date?: string | null;
  /** @example "The site was trained again on the visit windows." */
  @IsOptionalText(5000)
  resolution?: string | null;
  /** @example "2026-11-24" */
  @IsOptionalDay()
  resolved_on?: string | null;
}

/** Fields left out keep their values. */
@ReadOnly(...READ_ONLY)
export class DeviationPatch extends PartialType(NewDeviation, { skipNullProperties: false }) {}

export class DeviationFilter extends PageQuery {
  @AnyOf(DEVIATION_STAGES)
  stage?: string[];

  /** Ids of sites. */
  @AnyId()
  site_id?: number[];

  /** Ids of monitoring visits. */
  @AnyId()
  monitoring_visit_id?: number[];

  @AnyText()
  category?: string[];

  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'important must be true or false' })
  important?: boolean;

  /** Text in term or coded term, ignoring case. */
  @OptionalNotNull()
  @Composed()
  @Length(1, 200, GIVEN_ONCE)
  q?: string;

  /** `id`, `identified_on`, `due_date`, with `-` for descending. */
  @SortedBy(['id', 'identified_on', 'due_date'])
  sort?: string;
}
