import sql, { raw, type Sql } from 'sql-template-tag';
import { jsonString, pgTimestamp, rawJson, RowSerializer, unescapedString } from '../../../core/http/row-serializer.js';
import { inFilter } from '../../../infrastructure/database/sql-filters.js';
import { type RecordKind } from '../records/record-kind.js';
import { managedStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { Milestone } from './milestone.entity.js';
import { type MilestoneFilter, type MilestoneView } from './milestones.dto.js';

/** Of a row `r`, as of `clock.today`. */
export const MILESTONE_STAGE = `CASE WHEN r.actual_date <= clock.today THEN 'achieved'
  WHEN r.planned_date < clock.today THEN 'overdue' ELSE 'upcoming' END`;

const VIEW = new RowSerializer<MilestoneView>({
  id: [sql`r.id`, rawJson],
  study_id: [sql`r.study_id`, rawJson],
  site_id: [sql`r.site_id`, rawJson],
  type: [sql`r.type`, unescapedString],
  name: [sql`r.name`, jsonString],
  planned_date: [sql`r.planned_date`, unescapedString],
  actual_date: [sql`r.actual_date`, unescapedString],
  stage: [raw(MILESTONE_STAGE), unescapedString],
  version: [sql`r.version`, rawJson],
  created_at: [sql`r.created_at`, pgTimestamp],
  updated_at: [sql`r.updated_at`, pgTimestamp],
});

export const MILESTONES: RecordKind<Milestone, MilestoneView> = {
  entity: Milestone,
  label: 'Milestone',
  table: 'study_milestones',
  editable: managedStudies,
  notFound: StudyProblem.milestone_not_found,
  site: 'r.site_id',
  siteOf: ({ siteId }) => siteId ?? null,
  view: VIEW,
  sorts: { id: { expression: 'r.id', type: 'int' }, planned_date: { expression: 'r.planned_date', type: 'date' } },
};

export const milestoneConditions = ({ stage, type, site_id }: MilestoneFilter): Sql[] => [
  ...inFilter(MILESTONE_STAGE, stage, 'text'),
  ...inFilter('r.type', type, 'text'),
  ...inFilter('r.site_id', site_id, 'int'),
];
