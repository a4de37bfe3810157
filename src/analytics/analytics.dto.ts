import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { ApiSchemaHint } from '../core/http/api-docs.decorators.js';
import { ROLES, type Role } from '../core/authorization/actor.js';
import { IsInteger, ParseNumber, OptionalNotNull } from '../core/http/field.validators.js';
import { IsDayOrInstant, type DayOrInstant } from '../core/http/span.js';
import { Count, Day, Id } from '../core/http/schema.decorators.js';

/** Number of tasks by status. */
export class StatusCounts {
  /** @example 4 */
  @Count()
  pending: number;
  /** @example 2 */
  @Count()
  in_progress: number;
  /** @example 1 */
  @Count()
  blocked: number;
  /** @example 5 */
  @Count()
  completed: number;
}

/** Number of tasks by priority. */
export class PriorityCounts {
  /** @example 3 */
  @Count()
  low: number;
  /** @example 6 */
  @Count()
  medium: number;
  /** @example 2 */
  @Count()
  high: number;
  /** @example 1 */
  @Count()
  critical: number;
}

/** The tasks assigned to you. */
export class OwnFigures {
  /** @example 12 */
  @Count()
  total: number;
  /** @example 5 */
  @Count()
  completed: number;
  /** @example 4 */
  @Count()
  pending: number;
  /** @example 2 */
  @Count()
  in_progress: number;
  /** @example 1 */
  @Count()
  blocked: number;
  by_status: StatusCounts;
  /**
   * Past their deadline and not completed.
   * @example 1
   */
  @Count()
  overdue_count: number;
  /**
   * Average of the actual hours over completed tasks that have them, as text; null where there are none.
   * @example "12.50 hours"
   */
  avg_completion_time: string | null;
}

export class BlockedTask {
  /** @example 3 */
  @Id()
  id: number;
  /** @example "Verify informed consent forms, site 04" */
  title: string;
  /**
   * Id of the assignee.
   * @example 2
   */
  @Id()
  assigned_to: number;
}

/** The tasks that you may see. */
export class TeamFigures {
  /** @example 12 */
  @Count()
  total: number;
  /** @example 5 */
  @Count()
  completed: number;
  priority_distribution: PriorityCounts;
  /** All blocked tasks of the team, by id, or the first `blocked_limit`. */
  blocked_tasks_needing_attention: BlockedTask[];
}

export class Overview {
  my_tasks: OwnFigures;
  team_tasks: TeamFigures;
  /**
   * Score of your own tasks, from 0 to 100 with two places: completion rate × 0.6 + time efficiency × 0.4. Time efficiency is
   * the estimated in percent of the actual hours, at most 100, of completed tasks with actual hours; where there are
   * none, the completion rate alone counts.
   * @example 65.83
   */
  efficiency_score: number;
}

export const MAX_BLOCKED = 1000;
const BLOCKED_LIMIT = `$property must be a whole number from 0 to ${MAX_BLOCKED}, given once`;

export class OverviewQuery {
  /**
   * Maximum number of blocked tasks in the answer, those with the lowest ids; all if left out. It bounds the size of the
   * answer.
   */
  @OptionalNotNull()
  @ParseNumber()
  @IsInteger(0, MAX_BLOCKED, { message: BLOCKED_LIMIT })
  blocked_limit?: number;
}

/** A person and the tasks assigned to them. */
export class MemberFigures {
  /** @example 2 */
  @Id()
  user_id: number;
  /** @example "developer" */
  username: string;
  /** @example "developer" */
  @ApiSchemaHint({ enum: [...ROLES] })
  role: Role;
  /** @example true */
  is_active: boolean;
  /** @example 12 */
  @Count()
  total: number;
  by_status: StatusCounts;
  /**
   * Completed tasks in percent of all, with two places; 0 without tasks.
   * @example 41.67
   */
  completion_rate: number;
  /** @example 1 */
  @Count()
  overdue_count: number;
  /**
   * Sum of the estimated hours over all these tasks.
   * @example "96.00"
   */
  estimated_hours: string;
  /**
   * Sum of the actual hours over those of these tasks that have them.
   * @example "62.50"
   */
  actual_hours: string;
  /**
   * Score as in the overview, for this person's tasks.
   * @example 65.83
   */
  efficiency_score: number;
}

const BUCKETS = ['day', 'week'] as const;
export type Bucket = (typeof BUCKETS)[number];

export class TrendBucket {
  /**
   * The first day, in your time zone.
   * @example "2026-11-02"
   */
  @Day()
  start: string;
  /** @example 3 */
  @Count()
  created: number;
  /** @example 2 */
  @Count()
  completed: number;
  /**
   * Past their deadline and not completed when the bucket ends, or now if it has not ended; 0 in the future.
   * @example 1
   */
  @Count()
  overdue: number;
  /**
   * Completed per day of the bucket, with two places.
   * @example 1.71
   */
  throughput: number;
}

export class Trends {
  /** @example "2026-11-02" */
  @Day()
  from: string;
  /** @example "2026-11-08" */
  @Day()
  to: string;
  /** @example "day" */
  bucket: Bucket;
  /** Without gaps, whole ones: the first is that of `from`, the last that of `to`. */
  buckets: TrendBucket[];
}

export class TrendsSpan {
  /** The first day, or an instant in it, of the years 1900 to 9998; 29 days before `to` if left out. */
  @OptionalNotNull()
  @IsDayOrInstant()
  from?: DayOrInstant;

  /** The last day, or an instant in it, of the same years; today in your time zone if left out. */
  @OptionalNotNull()
  @IsDayOrInstant()
  to?: DayOrInstant;

  /** Weeks begin on Monday. */
  @ApiPropertyOptional({ enum: BUCKETS, default: 'day' })
  @OptionalNotNull()
  @IsIn(BUCKETS, { message: 'bucket must be day or week' })
  bucket?: Bucket;
}
