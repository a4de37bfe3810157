import { ApiSchemaHint } from '../../../core/http/api-docs.decorators.js';
import { Count, Day, Id } from '../../../core/http/schema.decorators.js';
import { OVERALL_STATUSES, TASK_KINDS, type OverallStatus } from '../study.facts.js';

export class SummaryCounts {
  /** @example 3 */
  @Count()
  sites: number;
  /** @example 1 */
  @Count()
  late_sites: number;
  /** @example 1 */
  @Count()
  visits_overdue: number;
  /** @example 1 */
  @Count()
  visits_without_report: number;
  /** @example 2 */
  @Count()
  open_important_deviations: number;
  /** @example 1 */
  @Count()
  expiring_trainings: number;
  /** @example 0 */
  @Count()
  expired_trainings: number;
  /** @example 1 */
  @Count()
  slipped_milestones: number;
}

/** A site that has not kept a date. */
export class LateSite {
  /** @example 2 */
  @Id()
  site_id: number;
  /** @example "104" */
  site_number: string | null;
  /** @example "Universitätsklinikum Köln" */
  facility: string;
  /** @example "active" */
  stage: string;
  /** @example 1 */
  @Count()
  overdue_visits: number;
  /** @example 0 */
  @Count()
  overdue_milestones: number;
  /** @example 1 */
  @Count()
  overdue_deviations: number;
  /** @example 2 */
  @Count()
  overdue_tasks: number;
  /** @example 11 */
  @Count()
  enrolled: number | null;
  /** @example 20 */
  @Count()
  target_enrollment: number | null;
}

export class VisitWithoutReport {
  /** @example 7 */
  @Id()
  id: number;
  /** @example 2 */
  @Id()
  site_id: number;
  /** @example "interim" */
  type: string;
  /** @example "2026-11-04" */
  @Day()
  ended_on: string;
  /** @example 24 */
  @Count()
  days_since: number;
  /** @example "developer" */
  monitor: string;
}

export class OpenDeviation {
  /** @example 3 */
  @Id()
  id: number;
  /** @example 2 */
  @Id()
  site_id: number;
  /** @example "Visit 3 took place nine days after its window" */
  term: string;
  /** @example "overdue" */
  stage: string;
  /** @example "2026-11-20" */
  @Day()
  due_date: string | null;
}

export class EndingTraining {
  /** @example 6 */
  @Id()
  id: number;
  /** @example 2 */
  @Id()
  user_id: number;
  /** @example "developer" */
  username: string;
  /** @example "ICH E6 Good Clinical Practice" */
  course: string;
  /** @example "2026-12-15" */
  @Day()
  expires_on: string;
  /** @example "expiring" */
  stage: string;
}

export class SlippedMilestone {
  /** @example 4 */
  @Id()
  id: number;
  /** @example 2 */
  @Id()
  site_id: number | null;
  /** @example "First participant in" */
  name: string;
  /** @example "2026-06-15" */
  @Day()
  planned_date: string;
  /** @example 12 */
  @Count()
  days_late: number;
}

export class TasksOfKind {
  /** @example "monitoring" */
  @ApiSchemaHint({ enum: [...TASK_KINDS] })
  kind: (typeof TASK_KINDS)[number];
  /**
   * Not completed.
   * @example 4
   */
  @Count()
  open_tasks: number;
  /** @example 1 */
  @Count()
  overdue_tasks: number;
  /** @example 6 */
  @Count()
  completed_tasks: number;
}

/** Of the sites and tasks that the reader may see. Lists have at most 100 members each; the counts are of all. */
export class StudySummary {
  /** @example 1 */
  @Id()
  study_id: number;
  /**
   * The day of which stages are computed, in UTC.
   * @example "2026-11-28"
   */
  @Day()
  as_of: string;
  /** @example "recruiting" */
  @ApiSchemaHint({ enum: [...OVERALL_STATUSES] })
  overall_status: OverallStatus;
  /**
   * Of a suspended study: its tasks are open all the same.
   * @example null
   */
  warning: string | null;
  counts: SummaryCounts;
  /** Sites that are not closed, with an overdue visit, milestone, deviation or task. */
  late_sites: LateSite[];
  /** Monitoring visits that ended, longest ago first. */
  visits_without_report: VisitWithoutReport[];
  /** Important deviations that are not resolved. */
  open_important_deviations: OpenDeviation[];
  /** Trainings that expire within 30 days or have expired, without one of the same course that lasts longer. */
  ending_trainings: EndingTraining[];
  /** Milestones whose planned day has passed. */
  slipped_milestones: SlippedMilestone[];
  tasks_by_kind: TasksOfKind[];
}
