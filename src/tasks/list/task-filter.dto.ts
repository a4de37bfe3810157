import { ArrayMaxSize, IsBoolean, IsIn, Length, Matches } from 'class-validator';
import { CsvQuery } from '../../core/http/csv.dto.js';
import {
  CommaSeparated,
  Composed,
  ParseBoolean,
  GIVEN_ONCE,
  IsId,
  oneOf,
  OptionalNotNull,
  toNumber,
} from '../../core/http/field.validators.js';
import { IntersectionType } from '../../core/http/mapped-types.js';
import { PageQuery } from '../../core/http/page.dto.js';
import { IsDayOrInstant, type DayOrInstant, type WithInstants } from '../../core/http/span.js';
import { AsOfQuery } from '../../audit/point-in-time/as-of.dto.js';
import { TaskInclude } from '../permissions/task-include.dto.js';
import { type TaskSubset } from './task-subset.sql.js';
import { PRIORITIES, STATUSES, type Priority, type Status } from '../task.entity.js';

/** Sort keys; `-` before one reverses its order. */
export const SORTS = ['id', 'deadline', 'priority', 'created_at', 'updated_at', 'title'] as const;
export const NEEDS = ['blocked', 'overdue', 'overworked'] as const;

/** Filters of a list of tasks. A parameter given several times, or with commas, matches any of its values. */
export class TaskSelection {
  @OptionalNotNull()
  @CommaSeparated()
  @IsIn(STATUSES, { each: true, message: oneOf(STATUSES) })
  status?: Status[];

  @OptionalNotNull()
  @CommaSeparated()
  @IsIn(PRIORITIES, { each: true, message: oneOf(PRIORITIES) })
  priority?: Priority[];

  /** Ids of users. */
  @OptionalNotNull()
  @CommaSeparated(toNumber)
  @IsId({ each: true })
  assigned_to?: number[];

  /** Ids of users. */
  @OptionalNotNull()
  @CommaSeparated(toNumber)
  @IsId({ each: true })
  created_by?: number[];

  /** Ids of parent tasks. */
  @OptionalNotNull()
  @CommaSeparated(toNumber)
  @IsId({ each: true })
  parent_task?: number[];

  /** Ids of tags; a task matches with any of them. */
  @OptionalNotNull()
  @CommaSeparated(toNumber)
  @IsId({ each: true })
  tags?: number[];

  /** Deadlines earlier than this; a date alone is that whole day in your time zone, included. */
  @OptionalNotNull()
  @IsDayOrInstant()
  deadline_before?: DayOrInstant;

  /** Deadlines at this time or later; a date alone is that whole day in your time zone. */
  @OptionalNotNull()
  @IsDayOrInstant()
  deadline_after?: DayOrInstant;

  /** Past its deadline and not completed. */
  @OptionalNotNull()
  @ParseBoolean()
  @IsBoolean({ message: 'overdue must be true or false' })
  overdue?: boolean;

  /** Blocked; overdue by more than 3 days; or actual hours over 1.5 times the estimate. */
  @OptionalNotNull()
  @CommaSeparated()
  @IsIn(NEEDS, { each: true, message: oneOf(NEEDS) })
  needs_attention?: (typeof NEEDS)[number][];

  /** Text in title or description, ignoring case. */
  @OptionalNotNull()
  @Composed()
  @Length(1, 200, GIVEN_ONCE)
  q?: string;

  /** `id`, `deadline`, `priority`, `created_at`, `updated_at`, `title`, with `-` for descending, several with commas. */
  @OptionalNotNull()
  @CommaSeparated()
  @Matches(new RegExp(`^-?(${SORTS.join('|')})$`), {
    each: true,
    message: `$property must be of ${SORTS.join(', ')}, each with or without -`,
  })
  @ArrayMaxSize(SORTS.length)
  sort?: string[];
}

/** Parameters of the CSV export. */
export class TaskExport extends IntersectionType(TaskSelection, CsvQuery) {}

export class TaskFilter extends IntersectionType(TaskSelection, PageQuery, AsOfQuery, TaskInclude) {}

/** Filters whose deadlines are instants, resolved in the time zone of the actor. */
export type TasksSelected = WithInstants<TaskSelection>;

/** The same with the page. */
export type TasksListed = WithInstants<TaskFilter> & { readonly subset?: TaskSubset };
