import { ApiSchemaHint } from '../../../core/http/api-docs.decorators.js';
import { IsId } from '../../../core/http/field.validators.js';
import { PartialType } from '../../../core/http/mapped-types.js';
import { PageQuery } from '../../../core/http/page.dto.js';
import { ReadOnly } from '../../../core/http/validation.pipe.js';
import { Day, Id, Instant, VersionNumber } from '../../../core/http/schema.decorators.js';
import { IsOptionalDay, IsStudyDay } from '../records/day.validators.js';
import { AnyId, AnyOf, SortedBy } from '../records/filters.js';
import { IsOptionalText, IsText } from '../records/text.validators.js';
import { TRAINING_STAGES } from './training.entity.js';

export class TrainingView {
  /** @example 6 */
  @Id()
  id: number;
  /** @example 1 */
  @Id()
  study_id: number;
  /** @example 2 */
  @Id()
  user_id: number;
  /** @example "developer" */
  username: string;
  /** @example "ICH E6 Good Clinical Practice" */
  course: string;
  /**
   * Of a training on the protocol.
   * @example "2.0"
   */
  protocol_version: string | null;
  /** @example "2025-12-15" */
  @Day()
  completed_on: string;
  /**
   * The last day on which it is valid; null where it has none.
   * @example "2026-12-15"
   */
  @Day()
  expires_on: string | null;
  /**
   * By the dates: current, expiring (30 days before its end), expired.
   * @example "expiring"
   */
  @ApiSchemaHint({ enum: [...TRAINING_STAGES] })
  stage: (typeof TRAINING_STAGES)[number];
  /**
   * Number of the version, the `ETag` of the training.
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

const READ_ONLY = ['id', 'study_id', 'username', 'stage', 'version', 'created_at', 'updated_at'];

@ReadOnly(...READ_ONLY)
export class NewTraining {
  /** @example 2 */
  @IsId()
  user_id: number;
  /** @example "ICH E6 Good Clinical Practice" */
  @IsText(200)
  course: string;
  /** @example "2.0" */
  @IsOptionalText(50)
  protocol_version?: string | null;
  /** @example "2025-12-15" */
  @IsStudyDay()
  completed_on: string;
  /** @example "2026-12-15" */
  @IsOptionalDay()
  expires_on?: string | null;
}

/** Fields left out keep their values. */
@ReadOnly(...READ_ONLY)
export class TrainingPatch extends PartialType(NewTraining, { skipNullProperties: false }) {}

export class TrainingFilter extends PageQuery {
  @AnyOf(TRAINING_STAGES)
  stage?: string[];

  /** Ids of users. */
  @AnyId()
  user_id?: number[];

  /** `id`, `expires_on`, with `-` for descending. */
  @SortedBy(['id', 'expires_on'])
  sort?: string;
}
