import { IsIn } from 'class-validator';
import { ApiSchemaHint } from '../../../core/http/api-docs.decorators.js';
import { IsId, OptionalNullable, oneOf } from '../../../core/http/field.validators.js';
import { PartialType } from '../../../core/http/mapped-types.js';
import { PageQuery } from '../../../core/http/page.dto.js';
import { ReadOnly } from '../../../core/http/validation.pipe.js';
import { Day, Id, Instant, VersionNumber } from '../../../core/http/schema.decorators.js';
import { IsOptionalDay, IsStudyDay } from '../records/day.validators.js';
import { AnyId, AnyOf, SortedBy } from '../records/filters.js';
import { IsText } from '../records/text.validators.js';
import { MILESTONE_STAGES, MILESTONE_TYPES, type MilestoneType } from './milestone.entity.js';

export class MilestoneView {
  /** @example 4 */
  @Id()
  id: number;
  /** @example 1 */
  @Id()
  study_id: number;
  /**
   * Null for a milestone of the whole study.
   * @example 2
   */
  @Id()
  site_id: number | null;
  /** @example "first_participant_in" */
  @ApiSchemaHint({ enum: [...MILESTONE_TYPES] })
  type: MilestoneType;
  /** @example "First participant in" */
  name: string;
  /** @example "2026-06-15" */
  @Day()
  planned_date: string;
  /** @example "2026-06-18" */
  @Day()
  actual_date: string | null;
  /**
   * By the dates: upcoming, overdue, achieved.
   * @example "achieved"
   */
  @ApiSchemaHint({ enum: [...MILESTONE_STAGES] })
  stage: (typeof MILESTONE_STAGES)[number];
  /**
   * Number of the version, the `ETag` of the milestone.
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

const READ_ONLY = ['id', 'study_id', 'stage', 'version', 'created_at', 'updated_at'];

@ReadOnly(...READ_ONLY)
export class NewMilestone {
  /** @example 2 */
  @OptionalNullable()
  @IsId()
  site_id?: number | null;
  /** @example "first_participant_in" */
  @IsIn(MILESTONE_TYPES, { message: oneOf(MILESTONE_TYPES) })
  type: MilestoneType;
  /** @example "First participant in" */
  @IsText(200)
  name: string;
  /** @example "2026-06-15" */
  @IsStudyDay()
  planned_date: string;
  /** @example "2026-06-18" */
  @IsOptionalDay()
  actual_date?: string | null;
}

/** Fields left out keep their values. */
@ReadOnly(...READ_ONLY)
export class MilestonePatch extends PartialType(NewMilestone, { skipNullProperties: false }) {}

export class MilestoneFilter extends PageQuery {
  @AnyOf(MILESTONE_STAGES)
  stage?: string[];

  @AnyOf(MILESTONE_TYPES)
  type?: string[];

  /** Ids of sites. */
  @AnyId()
  site_id?: number[];

  /** `id`, `planned_date`, with `-` for descending. */
  @SortedBy(['id', 'planned_date'])
  sort?: string;
}
