import { Injectable } from '@nestjs/common';
import sql, { raw, type Sql } from 'sql-template-tag';
import { type Actor } from '../../../core/authorization/actor.js';
import { inScope } from '../../../core/authorization/policy.js';
import { Clock } from '../../../core/clock.js';
import { Database } from '../../../infrastructure/database/database.js';
import { TASK_COLUMNS, visibleTasks } from '../../../tasks/task.policy.js';
import { DEVIATION_STAGE, DEVIATIONS } from '../deviations/deviation-kind.sql.js';
import { MILESTONE_STAGE, MILESTONES } from '../milestones/milestone-kind.sql.js';
import { MONITORING_VISITS, VISIT_STAGE } from '../monitoring-visits/monitoring-visit-kind.sql.js';
import { type RecordSource } from '../records/record-kind.js';
import { recordsFrom } from '../records/study-records.queries.js';
import { visibleTo } from '../records/study-access.sql.js';
import { dayOf } from '../records/columns.js';
import { SITE_STAGE, SITES } from '../sites/site-kind.sql.js';
import { type OverallStatus } from '../study.facts.js';
import { NOT_RENEWED, TRAINING_STAGE, TRAININGS } from '../training/training-kind.sql.js';
import {
  type EndingTraining,
  type LateSite,
  type OpenDeviation,
  type SlippedMilestone,
  type StudySummary,
  type TasksOfKind,
  type VisitWithoutReport,
} from './summary.dto.js';

const MAX_LISTED = 100;

/** A section of the summary: its first rows, and how many there are. */
interface Section<R> {
  readonly rows: R[];
  readonly total: number;
}

/** The user, study and time that the sections of one summary share. */
interface Scope {
  readonly actor: Actor;
  readonly studyId: number;
  readonly now: Date;
}

/** Reads what needs attention in a study, within the scope of the actor's policies. */
@Injectable()
export class SummaryQueries {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async read(actor: Actor, studyId: number): Promise<StudySummary> {
    const scope: Scope = { actor, studyId, now: this.clock.now() };
    // One after the other: a summary takes one connection of the pool.
    const study = await this.overallStatus(studyId);
    const sites = await this.section<object>(scope, SITES, sql`r.id`, sql`TRUE`, sql`r.id`);
    const late = await this.lateSites(scope);
    const isOverdue = sql`${raw(VISIT_STAGE)} = 'overdue'`;
    const overdue = await this.section<object>(scope, MONITORING_VISITS, sql`r.id`, isOverdue, sql`r.id`);
    const unreported = await this.visitsWithoutReport(scope);
    const deviations = await this.openImportantDeviations(scope);
    const trainings = await this.endingTrainings(scope);
    const milestones = await this.slippedMilestones(scope);
    const tasks = await this.tasksByKind(scope);
    return {
      study_id: studyId,
      as_of: dayOf(scope.now),
      overall_status: study,
      warning: study === 'suspended' ? 'The study is suspended; its tasks are open all the same' : null,
      counts: {
        sites: sites.total,
        late_sites: late.total,
        visits_overdue: overdue.total,
        visits_without_report: unreported.total,
        open_important_deviations: deviations.total,
        expiring_trainings: trainings.total - trainings.expired,
        expired_trainings: trainings.expired,
        slipped_milestones: milestones.total,
      },
      late_sites: late.rows,
      visits_without_report: unreported.rows,
      open_important_deviations: deviations.rows,
      ending_trainings: trainings.rows,
      slipped_milestones: milestones.rows,
      tasks_by_kind: tasks,
    };
  }

  private async overallStatus(studyId: number): Promise<OverallStatus> {
    const row = await this.database.row<{ status: OverallStatus }>(
      sql`SELECT overall_status AS status FROM studies WHERE id = ${studyId}`,
    );
    return row?.status ?? 'unknown';
  }

  private async section<R extends object>(
    { actor, studyId, now }: Scope,
    kind: RecordSource,
    columns: Sql,
    where: Sql,
    order: Sql,
  ): Promise<Section<R>> {
    const rows = await this.database.rows<{
      readonly total: number;
    }>(sql`SELECT ${columns}, count(*) OVER ()::int AS total
      FROM ${recordsFrom(kind, actor.id, dayOf(now))}
      WHERE r.study_id = ${studyId} AND ${visibleTo(actor)} AND ${where} ORDER BY ${order} LIMIT ${raw(String(MAX_LISTED))}`);
    return { rows: rows.map(({ total: _, ...row }) => row as R), total: rows[0]?.total ?? 0 };
  }

  private lateSites(scope: Scope): Promise<Section<LateSite>> {
    const overdue = (table: string, stage: string) => sql`(SELECT count(*)::int FROM (SELECT r.* FROM ${raw(table)} r
      WHERE r.site_id = outer_site.id) r, (SELECT ${dayOf(scope.now)}::date AS today) clock WHERE ${raw(stage)} = 'overdue')`;
    const tasks = sql`(SELECT count(*)::int FROM study_task_links l JOIN tasks t ON t.id = l.task_id
      WHERE l.site_id = outer_site.id AND t.deleted_at IS NULL AND t.status <> 'completed' AND t.deadline < ${scope.now}
        AND ${inScope(visibleTasks(scope.actor), TASK_COLUMNS)})`;
    const columns = sql`r.id AS site_id, r.site_number, r.facility, ${raw(SITE_STAGE)} AS stage, late.*,
      (r.enrollment_report->>'enrolled')::int AS enrolled, r.target_enrollment`;
    const counts = sql`(SELECT ${overdue('monitoring_visits', VISIT_STAGE)} AS overdue_visits,
      ${overdue('study_milestones', MILESTONE_STAGE)} AS overdue_milestones,
      ${overdue('protocol_deviations', DEVIATION_STAGE)} AS overdue_deviations, ${tasks} AS overdue_tasks
      FROM (SELECT r.id) outer_site)`;
    return this.sitesWith(scope, columns, counts);
  }

  private async sitesWith({ actor, studyId, now }: Scope, columns: Sql, counts: Sql): Promise<Section<LateSite>> {
    const rows = await this.database.rows<
      LateSite & { total: number }
    >(sql`SELECT ${columns}, count(*) OVER ()::int AS total
      FROM ${recordsFrom(SITES, actor.id, dayOf(now))} CROSS JOIN LATERAL ${counts} late
      WHERE r.study_id = ${studyId} AND ${visibleTo(actor)} AND ${raw(SITE_STAGE)} <> 'closed'
        AND late.overdue_visits + late.overdue_milestones + late.overdue_deviations + late.overdue_tasks > 0
      ORDER BY r.id LIMIT ${raw(String(MAX_LISTED))}`);
    return { rows: rows.map(({ total: _, ...row }) => row), total: rows[0]?.total ?? 0 };
  }

  private visitsWithoutReport(scope: Scope): Promise<Section<VisitWithoutReport>> {
    const columns = sql`r.id, r.site_id, r.type, r.ended_on::text, clock.today - r.ended_on AS days_since,
      (SELECT u.username FROM users u WHERE u.id = r.monitor_id) AS monitor`;
    const where = sql`${raw(VISIT_STAGE)} = 'awaiting_report'`;
    return this.section(scope, MONITORING_VISITS, columns, where, sql`r.ended_on, r.id`);
  }

  private openImportantDeviations(scope: Scope): Promise<Section<OpenDeviation>> {
    const columns = sql`r.id, r.site_id, r.term, ${raw(DEVIATION_STAGE)} AS stage, r.due_date::text`;
    const where = sql`r.important AND ${raw(DEVIATION_STAGE)} <> 'resolved'`;
    return this.section(scope, DEVIATIONS, columns, where, sql`r.due_date NULLS LAST, r.id`);
  }

  private async endingTrainings(scope: Scope): Promise<Section<EndingTraining> & { readonly expired: number }> {
    const columns = sql`r.id, r.user_id, (SELECT u.username FROM users u WHERE u.id = r.user_id) AS username, r.course,
      r.expires_on::text, ${raw(TRAINING_STAGE)} AS stage,
      count(*) FILTER (WHERE ${raw(TRAINING_STAGE)} = 'expired') OVER ()::int AS expired`;
    const where = sql`${raw(TRAINING_STAGE)} <> 'current' AND ${NOT_RENEWED}`;
    const order = sql`r.expires_on, r.id`;
    const { rows, total } = await this.section<EndingTraining & { expired: number }>(
      scope,
      TRAININGS,
      columns,
      where,
      order,
    );
    return { rows: rows.map(({ expired: _, ...row }) => row), total, expired: rows[0]?.expired ?? 0 };
  }

  private slippedMilestones(scope: Scope): Promise<Section<SlippedMilestone>> {
    const columns = sql`r.id, r.site_id, r.name, r.planned_date::text, clock.today - r.planned_date AS days_late`;
    return this.section(
      scope,
      MILESTONES,
      columns,
      sql`${raw(MILESTONE_STAGE)} = 'overdue'`,
      sql`r.planned_date, r.id`,
    );
  }

  private tasksByKind({ actor, studyId, now }: Scope): Promise<TasksOfKind[]> {
    return this.database.rows<TasksOfKind>(sql`SELECT l.kind,
        count(*) FILTER (WHERE t.status <> 'completed')::int AS open_tasks,
        count(*) FILTER (WHERE t.status <> 'completed' AND t.deadline < ${now})::int AS overdue_tasks,
        count(*) FILTER (WHERE t.status = 'completed')::int AS completed_tasks
      FROM study_task_links l JOIN tasks t ON t.id = l.task_id AND t.deleted_at IS NULL
      WHERE l.study_id = ${studyId} AND ${inScope(visibleTasks(actor), TASK_COLUMNS)} GROUP BY l.kind ORDER BY l.kind`);
  }
}
