import { IsIn, Matches } from 'class-validator';
import { ApiSchemaHint } from '../../../core/http/api-docs.decorators.js';
import { IsId, OptionalNullable, oneOf } from '../../../core/http/field.validators.js';
import { IntersectionType } from '../../../core/http/mapped-types.js';
import { PageQuery } from '../../../core/http/page.dto.js';
import { ReadOnly } from '../../../core/http/validation.pipe.js';
import { Id, Instant, VersionNumber } from '../../../core/http/schema.decorators.js';
import { TaskSelection } from '../../../tasks/list/task-filter.dto.js';
import { TaskInclude } from '../../../tasks/permissions/task-include.dto.js';
import { AnyId, AnyOf } from '../records/filters.js';
import { TASK_KINDS } from '../study.facts.js';
import { type TaskKind } from './task-link.entity.js';

export class TaskLinkView {
  /** @example 3 */
  @Id()
  task_id: number;
  /** @example 1 */
  @Id()
  study_id: number;
  /** @example 2 */
  @Id()
  site_id: number | null;
  /** @example "monitoring" */
  @ApiSchemaHint({ enum: [...TASK_KINDS] })
  kind: TaskKind;
  /**
   * The record that the task follows.
   * @example "monitoring_visit:7"
   */
  origin: string | null;
  /**
   * Number of the version, the `ETag` of the link.
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

@ReadOnly('task_id', 'version', 'created_at', 'updated_at')
export class NewTaskLink {
  /** @example 1 */
  @IsId()
  study_id: number;
  /** @example 2 */
  @OptionalNullable()
  @IsId()
  site_id?: number | null;
  /** @example "monitoring" */
  @IsIn(TASK_KINDS, { message: oneOf(TASK_KINDS) })
  kind: TaskKind;
  /**
   * The record of the study that the task follows: its type and id.
   * @example "monitoring_visit:7"
   */
  @OptionalNullable()
  @Matches(/^(?:site|monitoring_visit|deviation|milestone|training):[1-9][0-9]{0,8}$/, {
    message: '$property must be a record such as monitoring_visit:7',
  })
  origin?: string | null;
}

export class StudyTaskFilter extends IntersectionType(TaskSelection, PageQuery, TaskInclude) {
  /** Kinds of work. */
  @AnyOf(TASK_KINDS)
  kind?: string[];

  /** Ids of sites. */
  @AnyId()
  site_id?: number[];
}
