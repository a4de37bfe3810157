import sql, { raw, type Sql } from 'sql-template-tag';
import { jsonString, pgTimestamp, rawJson, RowSerializer, unescapedString } from '../../../core/http/row-serializer.js';
import { inFilter } from '../../../infrastructure/database/sql-filters.js';
import { type RecordKind } from '../records/record-kind.js';
import { reportableStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { MonitoringVisit } from './monitoring-visit.entity.js';
import { type MonitoringVisitFilter, type MonitoringVisitView } from './monitoring-visits.dto.js';

/** Number of the open tasks that follow a visit `r`. */
const OPEN_FOLLOW_UPS = `(SELECT count(*) FROM study_task_links l JOIN tasks t ON t.id = l.task_id
  WHERE l.origin = 'monitoring_visit:' || r.id AND t.deleted_at IS NULL AND t.status <> 'completed')`;

/** Stage of a visit, by the dates that are reached; of a row `r`, as of `clock.today`. */
export const VISIT_STAGE = `CASE
  WHEN r.report_approved_on <= clock.today THEN CASE WHEN ${OPEN_FOLLOW_UPS} > 0 THEN 'follow_up' ELSE 'complete' END
  WHEN r.report_completed_on <= clock.today THEN 'report_in_review'
  WHEN r.ended_on <= clock.today THEN 'awaiting_report'
  WHEN r.started_on <= clock.today THEN 'in_progress'
  WHEN r.planned_date < clock.today THEN 'overdue'
  WHEN r.confirmed_on <= clock.today THEN 'confirmed'
  ELSE 'planned' END`;

const VIEW = new RowSerializer<MonitoringVisitView>({
  id: [sql`r.id`, rawJson],
  study_id: [sql`r.study_id`, rawJson],
  site_id: [sql`r.site_id`, rawJson],
  type: [sql`r.type`, unescapedString],
  mode: [sql`r.mode`, unescapedString],
  planned_date: [sql`r.planned_date`, unescapedString],
  confirmed_on: [sql`r.confirmed_on`, unescapedString],
  started_on: [sql`r.started_on`, unescapedString],
  ended_on: [sql`r.ended_on`, unescapedString],
  report_completed_on: [sql`r.report_completed_on`, unescapedString],
  report_approved_on: [sql`r.report_approved_on`, unescapedString],
  monitor_id: [sql`r.monitor_id`, rawJson],
  monitor: [sql`(SELECT u.username FROM users u WHERE u.id = r.monitor_id)`, jsonString],
  stage: [raw(VISIT_STAGE), unescapedString],
  version: [sql`r.version`, rawJson],
  created_at: [sql`r.created_at`, pgTimestamp],
  updated_at: [sql`r.updated_at`, pgTimestamp],
});

export const MONITORING_VISITS: RecordKind<MonitoringVisit, MonitoringVisitView> = {
  entity: MonitoringVisit,
  label: 'Monitoring visit',
  table: 'monitoring_visits',
  editable: reportableStudies,
  notFound: StudyProblem.monitoring_visit_not_found,
  site: 'r.site_id',
  siteOf: ({ siteId }) => siteId,
  view: VIEW,
  sorts: { id: { expression: 'r.id', type: 'int' }, planned_date: { expression: 'r.planned_date', type: 'date' } },
};

export const visitConditions = (filter: MonitoringVisitFilter): Sql[] => [
  ...inFilter(VISIT_STAGE, filter.stage, 'text'),
  ...inFilter('r.type', filter.type, 'text'),
  ...inFilter('r.site_id', filter.site_id, 'int'),
  ...inFilter('r.monitor_id', filter.monitor_id, 'int'),
  ...(filter.planned_from ? [sql`r.planned_date >= ${filter.planned_from}::date`] : []),
  ...(filter.planned_to ? [sql`r.planned_date <= ${filter.planned_to}::date`] : []),
];
