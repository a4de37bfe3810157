import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsIn, IsString, Length, MaxLength } from 'class-validator';
import { ApiSchemaHint } from '../core/http/api-docs.decorators.js';
import {
  Composed,
  IsHours,
  IsId,
  IsIds,
  IsIsoDateTime,
  HasVisibleText,
  OptionalNullable,
  oneOf,
  OptionalNotNull,
  Trimmed,
} from '../core/http/field.validators.js';
import { PartialType } from '../core/http/mapped-types.js';
import { ReadOnly } from '../core/http/validation.pipe.js';
import { BigIntId, Count, Id, Instant, VersionNumber } from '../core/http/schema.decorators.js';
import { ACTIONS_ON_A_TASK, type ActionOnTask } from './permissions/allowed-actions.js';
import { PRIORITIES, STATUSES, type Priority, type Status } from './task.entity.js';

export class TaskView {
  /** @example 3 */
  @Id()
  id: number;
  /** @example "Verify informed consent forms, site 04" */
  title: string;
  /** @example "Check signatures and versions of all forms of the last visit." */
  description: string;
  /** @example "in_progress" */
  @ApiSchemaHint({ enum: [...STATUSES] })
  status: Status;
  /** @example "high" */
  @ApiSchemaHint({ enum: [...PRIORITIES] })
  priority: Priority;
  /**
   * Exact decimal with two places.
   * @example "8.00"
   */
  estimated_hours: string;
  /** @example "3.50" */
  actual_hours: string | null;
  /** @example "2027-03-01T09:30:00.000Z" */
  @Instant()
  deadline: string;
  /** True once the approaching deadline has raised the priority. */
  priority_escalated: boolean;
  /**
   * Id of the assignee.
   * @example 2
   */
  @Id()
  assigned_to: number;
  /** @example "developer" */
  assigned_to_user: string;
  /** @example 1 */
  @Id()
  created_by: number;
  /** @example "manager" */
  created_by_user: string;
  /** @example 1 */
  @Id()
  parent_task: number | null;
  /**
   * Ids of tags.
   * @example [1]
   */
  @Id()
  tags: number[];
  /**
   * Number of the version, the `ETag` of the task.
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
  /**
   * With `include=allowed_actions`: what you may do with the task now; `assign` is giving it to someone else. A call is
   * also judged for the tasks that change with it, such as the children of a deleted task.
   * @example ["see", "edit", "delete"]
   */
  @ApiSchemaHint({ type: 'array', items: { type: 'string', enum: ACTIONS_ON_A_TASK } })
  allowed_actions?: ActionOnTask[];
}

const READ_ONLY = [
  'id',
  'created_by',
  'created_by_user',
  'assigned_to_user',
  'priority_escalated',
  'version',
  'created_at',
  'updated_at',
  'allowed_actions',
];

@ReadOnly(...READ_ONLY)
export class NewTask {
  /** @example "Verify informed consent forms, site 04" */
  @Trimmed()
  @HasVisibleText()
  @IsString()
  @Length(1, 255, { message: '$property must have 1 to 255 characters, not only blanks' })
  title: string;

  /** @example "Check signatures and versions of all forms of the last visit." */
  @OptionalNotNull()
  @Composed()
  @IsString()
  @MaxLength(50_000, { message: '$property must be text of at most 50000 characters' })
  description?: string;

  /** @example "pending" */
  @OptionalNotNull()
  @IsIn(STATUSES, { message: oneOf(STATUSES) })
  status?: Status;

  /** @example "high" */
  @OptionalNotNull()
  @IsIn(PRIORITIES, { message: oneOf(PRIORITIES) })
  priority?: Priority;

  /**
   * Hours from 0 to 9999.99 with at most two places, as a number or a numeric string.
   * @example "8.00"
   */
  @IsHours()
  estimated_hours: string;

  @OptionalNullable()
  @IsHours()
  actual_hours?: string | null;

  /**
   * ISO 8601 with any offset; without an offset it is read as UTC.
   * @example "2027-03-01T09:30:00Z"
   */
  @IsIsoDateTime()
  deadline: Date;

  /**
   * Id of the assignee. Developers assign tasks to themselves.
   * @example 2
   */
  @IsId()
  assigned_to: number;

  @OptionalNullable()
  @IsId()
  parent_task?: number | null;

  /**
   * Ids of tags.
   * @example [1]
   */
  @OptionalNotNull()
  @IsIds()
  @ArrayMaxSize(100, { message: '$property must be a list of at most 100 ids' })
  tags?: number[];
}

/** Fields left out keep their values; null does not leave a field out. */
@ReadOnly(...READ_ONLY)
export class TaskPatch extends PartialType(NewTask, { skipNullProperties: false }) {}

export class BulkUpdate {
  /**
   * At most 1,000 ids; duplicates count once.
   * @example [1, 2]
   */
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? [...new Set(value)] : value))
  @IsIds()
  @ArrayMinSize(1, { message: 'task_ids must be a list of at least one id' })
  @ArrayMaxSize(1000, { message: 'task_ids must be a list of at most 1000 ids' })
  task_ids: number[];

  /** @example "in_progress" */
  @IsIn(STATUSES, { message: oneOf(STATUSES) })
  status: Status;
}

export class BulkUpdated {
  /** @example 2 */
  @Count()
  updated_count: number;
  /** @example "2 tasks updated successfully." */
  detail: string;
}

export class HistoryView {
  /** @example 3000000012 */
  @BigIntId()
  id: number;
  /** @example 3 */
  @Id()
  task_id: number;
  /** @example "status_changed" */
  action: string;
  /** @example "pending" */
  @ApiSchemaHint({ enum: [...STATUSES, null] })
  from_status: Status | null;
  /** @example "in_progress" */
  @ApiSchemaHint({ enum: [...STATUSES, null] })
  to_status: Status | null;
  /**
   * Id of the user; null where a job of the product made the change.
   * @example 2
   */
  @Id()
  changed_by: number | null;
  /**
   * Changes by field: `[before, after]`.
   * @example { "status": ["pending", "in_progress"] }
   */
  changes: Record<string, unknown[]>;
  /** @example "Forms arrived from the site" */
  reason: string | null;
  /** @example "2026-11-02T08:15:00.000Z" */
  @Instant()
  timestamp: string;
}
