import { IsIn } from 'class-validator';
import { ApiSchemaHint } from '../../../core/http/api-docs.decorators.js';
import { IsId, oneOf } from '../../../core/http/field.validators.js';
import { PartialType } from '../../../core/http/mapped-types.js';
import { PageQuery } from '../../../core/http/page.dto.js';
import { ReadOnly } from '../../../core/http/validation.pipe.js';
import { Day, Id, Instant, VersionNumber } from '../../../core/http/schema.decorators.js';
import { IsDayFilter, IsOptionalDay, IsStudyDay } from '../records/day.validators.js';
import { AnyId, AnyOf, SortedBy } from '../records/filters.js';
import { VISIT_TYPES } from '../study.facts.js';
import { VISIT_MODES, VISIT_STAGES, type VisitMode, type VisitType } from './monitoring-visit.entity.js';

export class MonitoringVisitView {
  /** @example 7 */
  @Id()
  id: number;
  /** @example 1 */
  @Id()
  study_id: number;
  /** @example 2 */
  @Id()
  site_id: number;
  /** @example "interim" */
  @ApiSchemaHint({ enum: [...VISIT_TYPES] })
  type: VisitType;
  /** @example "on_site" */
  @ApiSchemaHint({ enum: [...VISIT_MODES] })
  mode: VisitMode;
  /** @example "2026-11-03" */
  @Day()
  planned_date: string;
  /** @example "2026-10-20" */
  @Day()
  confirmed_on: string | null;
  /** @example "2026-11-03" */
  @Day()
  started_on: string | null;
  /** @example "2026-11-04" */
  @Day()
  ended_on: string | null;
  /** @example "2026-11-12" */
  @Day()
  report_completed_on: string | null;
  /** @example "2026-11-18" */
  @Day()
  report_approved_on: string | null;
  /** @example 2 */
  @Id()
  monitor_id: number;
  /**
   * Username of the monitor.
   * @example "developer"
   */
  monitor: string;
  /**
   * By the dates, and by the open tasks that follow it: planned, overdue, confirmed, in_progress, awaiting_report,
   * report_in_review, follow_up, complete.
   * @example "follow_up"
   */
  @ApiSchemaHint({ enum: [...VISIT_STAGES] })
  stage: (typeof VISIT_STAGES)[number];
  /**
   * Number of the version, the `ETag` of the visit.
   * @example 1
   */
  @VersionNumber()
  version: number;
  /** @example "2026-10-12T08:00:00.000Z" */
  @Instant()
  created_at: string;
  /** @example "2026-11-18T08:00:00.000Z" */
  @Instant()
  updated_at: string;
}

const READ_ONLY = ['id', 'study_id', 'monitor', 'stage', 'version', 'created_at', 'updated_at'];

@ReadOnly(...READ_ONLY)
export class NewMonitoringVisit {
  /** @example 2 */
  @IsId()
  site_id: number;
  /** @example "interim" */
  @IsIn(VISIT_TYPES, { message: oneOf(VISIT_TYPES) })
  type: VisitType;
  /** @example "on_site" */
  @IsIn(VISIT_MODES, { message: oneOf(VISIT_MODES) })
  mode: VisitMode;
  /** @example "2026-11-03" */
  @IsStudyDay()
  planned_date: string;
  /** @example "2026-10-20" */
  @IsOptionalDay()
  confirmed_on?: string | null;
  /** @example "2026-11-03" */
  @IsOptionalDay()
  started_on?: string | null;
  /** @example "2026-11-04" */
  @IsOptionalDay()
  ended_on?: string | null;
  /** @example "2026-11-12" */
  @IsOptionalDay()
  report_completed_on?: string | null;
  /** @example "2026-11-18" */
  @IsOptionalDay()
  report_approved_on?: string | null;
  /** @example 2 */
  @IsId()
  monitor_id: number;
}

/** Fields left out keep their values. */
@ReadOnly(...READ_ONLY)
export class MonitoringVisitPatch extends PartialType(NewMonitoringVisit, { skipNullProperties: false }) {}

export class MonitoringVisitFilter extends PageQuery {
  @AnyOf(VISIT_STAGES)
  stage?: string[];

  @AnyOf(VISIT_TYPES)
  type?: string[];

  /** Ids of sites. */
  @AnyId()
  site_id?: number[];

  /** Ids of users. */
  @AnyId()
  monitor_id?: number[];

  /** The first day, included. */
  @IsDayFilter()
  planned_from?: string;

  /** The last day, included. */
  @IsDayFilter()
  planned_to?: string;

  /** `id`, `planned_date`, with `-` for descending. */
  @SortedBy(['id', 'planned_date'])
  sort?: string;
}
