import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsObject, Length, Matches, ValidateNested } from 'class-validator';
import { ApiSchemaHint } from '../../core/http/api-docs.decorators.js';
import {
  Composed,
  GIVEN_ONCE,
  IsHours,
  IsInteger,
  OptionalNotNull,
  OptionalNullable,
  oneOf,
} from '../../core/http/field.validators.js';
import { PartialType } from '../../core/http/mapped-types.js';
import { PageQuery } from '../../core/http/page.dto.js';
import { ReadOnly } from '../../core/http/validation.pipe.js';
import { Day, Id, Instant, VersionNumber } from '../../core/http/schema.decorators.js';
import { PRIORITIES, type Priority } from '../../tasks/task.entity.js';
import { IsOptionalDay, IsPartialDay } from './records/day.validators.js';
import { AnyOf, AnyText, SortedBy } from './records/filters.js';
import { IsOptionalText, IsText } from './records/text.validators.js';
import {
  CERTAINTIES,
  OVERALL_STATUSES,
  STUDY_ACCESS,
  STUDY_TYPES,
  TASK_KINDS,
  TRIAL_PHASES,
  VISIT_TYPES,
  type Certainty,
  type OverallStatus,
  type StudyAccess,
  type StudyType,
  type TrialPhase,
} from './study.facts.js';

export class StudyDate {
  /**
   * A day or a month: `YYYY-MM-DD` or `YYYY-MM`.
   * @example "2026-03"
   */
  @IsPartialDay()
  date: string;
  /** @example "actual" */
  @IsIn(CERTAINTIES, { message: oneOf(CERTAINTIES) })
  type: Certainty;
}

export class StudyEnrollment {
  /** @example 60 */
  @IsInteger(0, 100_000_000)
  count: number;
  /** @example "estimated" */
  @IsIn(CERTAINTIES, { message: oneOf(CERTAINTIES) })
  type: Certainty;
}

export class StudyIdentifierView {
  /** @example "EUDRACT_NUMBER" */
  @IsText(100)
  type: string;
  /** @example "2025-001234-22" */
  @IsText(200)
  value: string;
}

/** A task that follows each monitoring visit of a type, for its monitor. */
export class FollowUpTemplateView {
  /** @example "interim" */
  @IsIn(VISIT_TYPES, { message: oneOf(VISIT_TYPES) })
  visit_type: (typeof VISIT_TYPES)[number];
  /** @example "Write the report of the visit" */
  @IsText(255)
  title: string;
  /** @example "monitoring" */
  @IsIn(TASK_KINDS, { message: oneOf(TASK_KINDS) })
  kind: (typeof TASK_KINDS)[number];
  /** @example "high" */
  @IsIn(PRIORITIES, { message: oneOf(PRIORITIES) })
  @ApiSchemaHint({ enum: [...PRIORITIES] })
  priority: Priority;
  /** @example "6.00" */
  @IsHours()
  estimated_hours: string;
  /**
   * Days from the planned date of the visit to the deadline.
   * @example 10
   */
  @IsInteger(0, 365)
  due_days: number;
}

export class StudyView {
  /** @example 1 */
  @Id()
  id: number;
  /** @example "CT-1042-02" */
  sponsor_protocol_identifier: string;
  /** @example "NCT05551234" */
  nct_number: string | null;
  /** Further identifiers. */
  identifiers: StudyIdentifierView[];
  /** @example "A Randomised Trial of Tavolixin Against Placebo in Adults With Stable Angina" */
  full_title: string;
  /** @example "Tavolixin in Stable Angina" */
  trial_short_title: string | null;
  /** @example "ASTER-2" */
  trial_acronym: string | null;
  /** @example "phase2" */
  @ApiSchemaHint({ enum: [...TRIAL_PHASES] })
  trial_phase: TrialPhase | null;
  /** @example "interventional" */
  @ApiSchemaHint({ enum: [...STUDY_TYPES] })
  study_type: StudyType;
  /** @example "Northwind Therapeutics" */
  sponsor_name: string | null;
  /** @example "recruiting" */
  @ApiSchemaHint({ enum: [...OVERALL_STATUSES] })
  overall_status: OverallStatus;
  /** @example "The sponsor ended the programme" */
  why_stopped: string | null;
  start_date: StudyDate | null;
  primary_completion_date: StudyDate | null;
  completion_date: StudyDate | null;
  enrollment: StudyEnrollment | null;
  /** @example "2.0" */
  protocol_version: string | null;
  /** @example "2026-02-10" */
  @Day()
  approval_date: string | null;
  /** @example "open" */
  @ApiSchemaHint({ enum: [...STUDY_ACCESS] })
  access: StudyAccess;
  follow_up_templates: FollowUpTemplateView[];
  /** @example "2027-12-20T10:00:00.000Z" */
  @Instant()
  locked_at: string | null;
  /**
   * Number of the version, the `ETag` of the study.
   * @example 1
   */
  @VersionNumber()
  version: number;
  /** @example "2026-11-02T08:00:00.000Z" */
  @Instant()
  created_at: string;
  /** @example "2026-11-02T08:00:00.000Z" */
  @Instant()
  updated_at: string;
}

const READ_ONLY = ['id', 'locked_at', 'version', 'created_at', 'updated_at'];

@ReadOnly(...READ_ONLY)
export class NewStudy {
  /**
   * Unique.
   * @example "CT-1042-02"
   */
  @IsText(100)
  sponsor_protocol_identifier: string;
  /**
   * Unique.
   * @example "NCT05551234"
   */
  @OptionalNullable()
  @Matches(/^NCT[0-9]{8}$/, { message: '$property must be NCT and eight digits' })
  nct_number?: string | null;
  /** Further identifiers. */
  @OptionalNotNull()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => StudyIdentifierView)
  identifiers?: StudyIdentifierView[];
  /** @example "A Randomised Trial of Tavolixin Against Placebo in Adults With Stable Angina" */
  @IsText(2000)
  full_title: string;
  /** @example "Tavolixin in Stable Angina" */
  @IsOptionalText(300)
  trial_short_title?: string | null;
  /** @example "ASTER-2" */
  @IsOptionalText(50)
  trial_acronym?: string | null;
  /** @example "phase2" */
  @OptionalNullable()
  @IsIn(TRIAL_PHASES, { message: oneOf(TRIAL_PHASES) })
  trial_phase?: TrialPhase | null;
  /** @example "interventional" */
  @IsIn(STUDY_TYPES, { message: oneOf(STUDY_TYPES) })
  study_type: StudyType;
  /** @example "Northwind Therapeutics" */
  @IsOptionalText(300)
  sponsor_name?: string | null;
  /**
   * Default: not_yet_recruiting.
   * @example "recruiting"
   */
  @OptionalNotNull()
  @IsIn(OVERALL_STATUSES, { message: oneOf(OVERALL_STATUSES) })
  overall_status?: OverallStatus;
  /**
   * Required for a study that is suspended, terminated or withdrawn; no other has it.
   * @example null
   */
  @IsOptionalText(2000)
  why_stopped?: string | null;
  @OptionalNullable()
  @IsObject()
  @ValidateNested()
  @Type(() => StudyDate)
  start_date?: StudyDate | null;
  @OptionalNullable()
  @IsObject()
  @ValidateNested()
  @Type(() => StudyDate)
  primary_completion_date?: StudyDate | null;
  @OptionalNullable()
  @IsObject()
  @ValidateNested()
  @Type(() => StudyDate)
  completion_date?: StudyDate | null;
  @OptionalNullable()
  @IsObject()
  @ValidateNested()
  @Type(() => StudyEnrollment)
  enrollment?: StudyEnrollment | null;
  /** @example "2.0" */
  @IsOptionalText(50)
  protocol_version?: string | null;
  /** @example "2026-02-10" */
  @IsOptionalDay()
  approval_date?: string | null;
  /**
   * `open`: every user sees it. `members`: its members and auditors alone. Default: open.
   * @example "open"
   */
  @OptionalNotNull()
  @IsIn(STUDY_ACCESS, { message: oneOf(STUDY_ACCESS) })
  access?: StudyAccess;
  /** Tasks that follow each monitoring visit of a type. */
  @OptionalNotNull()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => FollowUpTemplateView)
  follow_up_templates?: FollowUpTemplateView[];
}

/** Fields left out keep their values. */
@ReadOnly(...READ_ONLY)
export class StudyPatch extends PartialType(NewStudy, { skipNullProperties: false }) {}

export class StudyFilter extends PageQuery {
  @AnyOf(OVERALL_STATUSES)
  overall_status?: string[];

  @AnyText()
  nct_number?: string[];

  @AnyOf(STUDY_ACCESS)
  access?: string[];

  /** Text in identifier, titles or acronym, ignoring case. */
  @OptionalNotNull()
  @Composed()
  @Length(1, 200, GIVEN_ONCE)
  q?: string;

  /** `id`, `sponsor_protocol_identifier`, `updated_at`, with `-` for descending. */
  @SortedBy(['id', 'sponsor_protocol_identifier', 'updated_at'])
  sort?: string;
}
