import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import {
  AnyOf,
  AsFlag,
  AsNumber,
  IsHours,
  IsId,
  IsIds,
  IsInstant,
  Nullable,
  Optional,
  toNumber,
  Trimmed,
} from '../core/fields.js';
import { ReadOnly } from '../core/validation.js';
import { PRIORITIES, STATUSES, type Priority, type Status } from './task.entity.js';

const oneOf = (values: readonly string[]) => `$property must be one of ${values.join(', ')}`;

export class TaskView {
  /** @example 3 */
  id: number;
  /** @example "Verify informed consent forms, site 04" */
  title: string;
  /** @example "Check signatures and versions of all forms of the last visit." */
  description: string;
  /** @example "in_progress" */
  status: Status;
  /** @example "high" */
  priority: Priority;
  /**
   * Exact decimal with two places.
   * @example "8.00"
   */
  estimated_hours: string;
  /** @example "3.50" */
  actual_hours: string | null;
  /** @example "2027-03-01T09:30:00.000Z" */
  deadline: string;
  /** Whether the nearing deadline has raised the priority; happens once. */
  priority_escalated: boolean;
  /**
   * Id of the user who does it.
   * @example 2
   */
  assigned_to: number;
  /** @example "developer" */
  assigned_to_user: string;
  /** @example 1 */
  created_by: number;
  /** @example "manager" */
  created_by_user: string;
  @ApiProperty({ type: 'integer', nullable: true, example: null })
  parent_task: number | null;
  /**
   * Ids of tags.
   * @example [1]
   */
  tags: number[];
  /**
   * Counts the changes; the `ETag` of the task.
   * @example 1
   */
  version: number;
  /** @example "2026-11-02T08:00:00.000Z" */
  created_at: string;
  /** @example "2026-11-02T08:00:00.000Z" */
  updated_at: string;
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
];

@ReadOnly(...READ_ONLY)
export class NewTask {
  /** @example "Verify informed consent forms, site 04" */
  @Trimmed()
  @IsString()
  @Length(1, 255, { message: '$property must have 1 to 255 characters, not only blanks' })
  title: string;

  /** @example "Check signatures and versions of all forms of the last visit." */
  @Optional()
  @IsString()
  @MaxLength(50_000)
  description?: string;

  /** @example "pending" */
  @Optional()
  @IsIn(STATUSES, { message: oneOf(STATUSES) })
  status?: Status;

  /** @example "high" */
  @Optional()
  @IsIn(PRIORITIES, { message: oneOf(PRIORITIES) })
  priority?: Priority;

  /**
   * Hours from 0 to 9999.99 with at most two places, as a number or a numeric string.
   * @example "8.00"
   */
  @IsHours()
  estimated_hours: string;

  @ApiPropertyOptional({ type: 'string', nullable: true, example: null })
  @Nullable()
  @IsHours()
  actual_hours?: string | null;

  /**
   * ISO 8601 with any offset.
   * @example "2027-03-01T09:30:00Z"
   */
  @IsInstant()
  deadline: Date;

  /**
   * Id of the user who does it. Developers assign to themselves.
   * @example 2
   */
  @IsId()
  assigned_to: number;

  @ApiPropertyOptional({ type: 'integer', nullable: true, example: null })
  @Nullable()
  @IsId()
  parent_task?: number | null;

  /**
   * Ids of tags.
   * @example [1]
   */
  @Optional()
  @IsIds()
  @ArrayMaxSize(100)
  tags?: number[];
}

/** A field left out keeps its value. */
@ReadOnly(...READ_ONLY)
export class TaskPatch {
  /** @example "Verify informed consent forms, sites 04 and 05" */
  @Optional()
  @Trimmed()
  @IsString()
  @Length(1, 255, { message: '$property must have 1 to 255 characters, not only blanks' })
  title?: string;

  /** @example "Check signatures and versions." */
  @Optional()
  @IsString()
  @MaxLength(50_000)
  description?: string;

  /** @example "in_progress" */
  @Optional()
  @IsIn(STATUSES, { message: oneOf(STATUSES) })
  status?: Status;

  /** @example "high" */
  @Optional()
  @IsIn(PRIORITIES, { message: oneOf(PRIORITIES) })
  priority?: Priority;

  /** @example "12.50" */
  @Optional()
  @IsHours()
  estimated_hours?: string;

  /** @example "3.50" */
  @Nullable()
  @IsHours()
  actual_hours?: string | null;

  /** @example "2027-03-08T09:30:00Z" */
  @Optional()
  @IsInstant()
  deadline?: Date;

  /** @example 2 */
  @Optional()
  @IsId()
  assigned_to?: number;

  @ApiPropertyOptional({ type: 'integer', nullable: true, example: null })
  @Nullable()
  @IsId()
  parent_task?: number | null;

  /** @example [1] */
  @Optional()
  @IsIds()
  @ArrayMaxSize(100)
  tags?: number[];
}

export class BulkUpdate {
  /**
   * At most 1,000; a task named twice counts once.
   * @example [1, 2]
   */
  @IsIds()
  @ArrayMinSize(1, { message: 'task_ids must name at least one task' })
  @ArrayMaxSize(1000, { message: 'task_ids must name at most 1000 tasks' })
  task_ids: number[];

  /** @example "in_progress" */
  @IsIn(STATUSES, { message: oneOf(STATUSES) })
  status: Status;
}

export class BulkUpdated {
  /** @example 2 */
  updated_count: number;
  /** @example "2 tasks updated successfully." */
  detail: string;
}

/** `-` before a key turns its order. */
export const SORTS = ['id', 'deadline', 'priority', 'created_at', 'updated_at', 'title'] as const;
export const NEEDS = ['blocked', 'overdue', 'overworked'] as const;

/** What narrows a list of tasks. A parameter given several times, or with commas, means any of its values. */
export class TaskSelection {
  @Optional()
  @AnyOf()
  @IsIn(STATUSES, { each: true, message: oneOf(STATUSES) })
  status?: Status[];

  @Optional()
  @AnyOf()
  @IsIn(PRIORITIES, { each: true, message: oneOf(PRIORITIES) })
  priority?: Priority[];

  /** Ids of users. */
  @Optional()
  @AnyOf(toNumber)
  @IsId({ each: true })
  assigned_to?: number[];

  /** Ids of users. */
  @Optional()
  @AnyOf(toNumber)
  @IsId({ each: true })
  created_by?: number[];

  /** Ids of tasks whose children are wanted. */
  @Optional()
  @AnyOf(toNumber)
  @IsId({ each: true })
  parent_task?: number[];

  /** Ids of tags; a task with any of them counts. */
  @Optional()
  @AnyOf(toNumber)
  @IsId({ each: true })
  tags?: number[];

  /** Deadlines earlier than this. */
  @Optional()
  @IsInstant()
  deadline_before?: Date;

  /** Deadlines at this time or later. */
  @Optional()
  @IsInstant()
  deadline_after?: Date;

  /** Past its deadline and not completed. */
  @Optional()
  @AsFlag()
  @IsBoolean({ message: 'overdue must be true or false' })
  overdue?: boolean;

  /** Blocked; overdue by more than 3 days; or actual hours over 1.5 times the estimate. */
  @Optional()
  @AnyOf()
  @IsIn(NEEDS, { each: true, message: oneOf(NEEDS) })
  needs_attention?: (typeof NEEDS)[number][];

  /** Text in title or description, without regard to case. */
  @Optional()
  @IsString({ message: 'q may be given once' })
  @Length(1, 200)
  q?: string;

  /** `id`, `deadline`, `priority`, `created_at`, `updated_at`, `title`, with `-` for descending, several with commas. */
  @Optional()
  @AnyOf()
  @Matches(new RegExp(`^-?(${SORTS.join('|')})$`), {
    each: true,
    message: `$property must be of ${SORTS.join(', ')}, each with or without -`,
  })
  @ArrayMaxSize(SORTS.length)
  sort?: string[];
}

export class TaskFilter extends TaskSelection {
  /** Sends a page instead of the whole list, with `Link: rel="next"`. */
  @Optional()
  @AsNumber()
  @IsInt({ message: 'limit must be a whole number from 1 to 1000' })
  @Min(1)
  @Max(1000)
  limit?: number;

  /** From the `Link` of the page before. */
  @Optional()
  @IsString()
  @MaxLength(2000)
  cursor?: string;

  /** Adds `X-Total-Count`. */
  @Optional()
  @AsFlag()
  @IsBoolean({ message: 'include_total must be true or false' })
  include_total?: boolean;
}

export class HistoryView {
  /** @example 12 */
  id: number;
  /** @example 3 */
  task_id: number;
  /** @example "status_changed" */
  action: string;
  /** @example "pending" */
  from_status: Status | null;
  /** @example "in_progress" */
  to_status: Status | null;
  /**
   * Id of the user; null where the product itself did it.
   * @example 2
   */
  changed_by: number | null;
  /**
   * By field: `[before, after]`.
   * @example { "status": ["pending", "in_progress"] }
   */
  changes: Record<string, unknown[]>;
  /** @example "Forms arrived from the site" */
  reason: string | null;
  /** @example "2026-11-02T08:15:00.000Z" */
  timestamp: string;
}
