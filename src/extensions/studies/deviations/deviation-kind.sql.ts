import sql, { raw, type Sql } from 'sql-template-tag';
import {
  jsonString,
  pgBoolean,
  pgTimestamp,
  rawJson,
  RowSerializer,
  unescapedString,
} from '../../../core/http/row-serializer.js';
import { ilikeFilter, inFilter } from '../../../infrastructure/database/sql-filters.js';
import { type RecordKind } from '../records/record-kind.js';
import { reportableStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { Deviation } from './deviation.entity.js';
import { type DeviationFilter, type DeviationView } from './deviations.dto.js';

/** Of a row `r`, as of `clock.today`. */
export const DEVIATION_STAGE = `CASE WHEN r.resolved_on <= clock.today THEN 'resolved'
  WHEN r.due_date < clock.today THEN 'overdue' ELSE 'open' END`;

const VIEW = new RowSerializer<DeviationView>({
  id: [sql`r.id`, rawJson],
  study_id: [sql`r.study_id`, rawJson],
  site_id: [sql`r.site_id`, rawJson],
  monitoring_visit_id: [sql`r.monitoring_visit_id`, rawJson],
  sponsor_defined_identifier: [sql`r.sponsor_defined_identifier`, jsonString],
  participant_code: [sql`r.participant_code`, jsonString],
  term: [sql`r.term`, jsonString],
  coded_term: [sql`r.coded_term`, jsonString],
  category: [sql`r.category`, jsonString],
  epoch: [sql`r.epoch`, jsonString],
  start_date: [sql`r.start_date`, unescapedString],
  end_date: [sql`r.end_date`, unescapedString],
  identified_on: [sql`r.identified_on`, unescapedString],
  important: [sql`r.important`, pgBoolean],
  serious_noncompliance: [sql`r.serious_noncompliance`, pgBoolean],
  reported_on: [sql`r.reported_on`, unescapedString],
  due_date: [sql`r.due_date`, unescapedString],
  resolution: [sql`r.resolution`, jsonString],
  resolved_on: [sql`r.resolved_on`, unescapedString],
  stage: [raw(DEVIATION_STAGE), unescapedString],
  version: [sql`r.version`, rawJson],
  created_at: [sql`r.created_at`, pgTimestamp],
  updated_at: [sql`r.updated_at`, pgTimestamp],
});

export const DEVIATIONS: RecordKind<Deviation, DeviationView> = {
  entity: Deviation,
  label: 'Deviation',
  table: 'protocol_deviations',
  editable: reportableStudies,
  notFound: StudyProblem.deviation_not_found,
  site: 'r.site_id',
  siteOf: ({ siteId }) => siteId,
  view: VIEW,
  sorts: {
    id: { expression: 'r.id', type: 'int' },
    identified_on: { expression: 'r.identified_on', type: 'date' },
    due_date: { expression: `coalesce(r.due_date, '9999-12-31')`, type: 'date' },
  },
};

export const deviationConditions = (filter: DeviationFilter): Sql[] => [
  ...inFilter(DEVIATION_STAGE, filter.stage, 'text'),
  ...inFilter('r.site_id', filter.site_id, 'int'),
  ...inFilter('r.monitoring_visit_id', filter.monitoring_visit_id, 'int'),
  ...inFilter('r.category', filter.category, 'text'),
  ...(filter.important === undefined ? [] : [sql`r.important = ${filter.important}`]),
  ...ilikeFilter(['r.term', 'r.coded_term'], filter.q),
];
