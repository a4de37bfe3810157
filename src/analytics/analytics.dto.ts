import { IsIn, Matches } from 'class-validator';
import { Optional } from '../core/fields.js';

export class StatusCounts {
  /** @example 3 */
  pending: number;
  /** @example 2 */
  in_progress: number;
  /** @example 1 */
  blocked: number;
  /** @example 1 */
  completed: number;
}

export class PriorityCounts {
  /** @example 1 */
  low: number;
  /** @example 3 */
  medium: number;
  /** @example 2 */
  high: number;
  /** @example 1 */
  critical: number;
}

export class MyTasks {
  /** @example 7 */
  total: number;
  /** @example 1 */
  completed: number;
  /** @example 3 */
  pending: number;
  /** @example 2 */
  in_progress: number;
  /** @example 1 */
  blocked: number;
  by_status: StatusCounts;
  /** @example 1 */
  overdue_count: number;
  /**
   * Mean actual hours of completed tasks, in words; null where none has any.
   * @example "5.25 hours"
   */
  avg_completion_time: string | null;
}

export class AttentionTask {
  /** @example 8 */
  id: number;
  /** @example "Translate the patient leaflet into Marathi" */
  title: string;
  /**
   * Id of the user.
   * @example 2
   */
  assigned_to: number;
}

export class TeamTasks {
  /** @example 8 */
  total: number;
  /** @example 1 */
  completed: number;
  priority_distribution: PriorityCounts;
  blocked_tasks_needing_attention: AttentionTask[];
}

export class Overview {
  my_tasks: MyTasks;
  team_tasks: TeamTasks;
  /**
   * 0 to 100: completion rate × 0.6 + time efficiency × 0.4.
   * @example 48.57
   */
  efficiency_score: number;
}

export class MemberFigures {
  /** @example 2 */
  user_id: number;
  /** @example "developer" */
  username: string;
  /** @example "developer" */
  role: string;
  is_active: boolean;
  /** @example 8 */
  total: number;
  by_status: StatusCounts;
  /**
   * Percent of the tasks that are completed.
   * @example 12.5
   */
  completion_rate: number;
  /** @example 1 */
  overdue_count: number;
  /**
   * Sum over all tasks.
   * @example "81.50"
   */
  estimated_hours: string;
  /** @example "28.75" */
  actual_hours: string;
  /** @example 47.5 */
  efficiency_score: number;
}

export class TrendBucket {
  /**
   * First day of the bucket, in your time zone.
   * @example "2026-11-02"
   */
  start: string;
  /** @example 4 */
  created: number;
  /** @example 2 */
  completed: number;
  /**
   * Past their deadline and not completed at the end of the bucket, or now if it is not over.
   * @example 1
   */
  overdue: number;
  /**
   * Completed per day.
   * @example 0.29
   */
  throughput: number;
}

export class Trends {
  /** @example "2026-10-26" */
  from: string;
  /** @example "2026-11-24" */
  to: string;
  /** @example "day" */
  bucket: string;
  buckets: TrendBucket[];
}

const DATE = /^\d{4}-\d\d-\d\d$/;

export class TrendFilter {
  /** First day, in your time zone; default 29 days before `to`. */
  @Optional()
  @Matches(DATE, { message: 'from must be a date like 2026-03-01' })
  from?: string;

  /** Last day; default today. */
  @Optional()
  @Matches(DATE, { message: 'to must be a date like 2026-03-31' })
  to?: string;

  /** Weeks start on Monday. */
  @Optional()
  @IsIn(['day', 'week'], { message: 'bucket must be day or week' })
  bucket?: 'day' | 'week';
}
