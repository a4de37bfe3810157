import sql, { raw, type Sql } from 'sql-template-tag';
import { jsonString, pgTimestamp, rawJson, RowSerializer, unescapedString } from '../../../core/http/row-serializer.js';
import { inFilter } from '../../../infrastructure/database/sql-filters.js';
import { type RecordKind } from '../records/record-kind.js';
import { managedStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { Site } from './site.entity.js';
import { type SiteFilter, type SiteView } from './sites.dto.js';

/** Stage of a site, by the dates that are reached; of a row `r`, as of `clock.today`. */
export const SITE_STAGE = `CASE WHEN r.closed_on <= clock.today THEN 'closed' WHEN r.activated_on <= clock.today THEN 'active'
  WHEN r.initiated_on <= clock.today THEN 'initiated' WHEN r.selected_on <= clock.today THEN 'selected' ELSE 'identified' END`;

const VIEW = new RowSerializer<SiteView>({
  id: [sql`r.id`, rawJson],
  study_id: [sql`r.study_id`, rawJson],
  site_number: [sql`r.site_number`, jsonString],
  facility: [sql`r.facility`, jsonString],
  city: [sql`r.city`, jsonString],
  state: [sql`r.state`, jsonString],
  zip: [sql`r.zip`, jsonString],
  country: [sql`r.country`, jsonString],
  time_zone: [sql`r.time_zone`, jsonString],
  status: [sql`r.status`, unescapedString],
  stage: [raw(SITE_STAGE), unescapedString],
  principal_investigator: [sql`r.principal_investigator`, jsonString],
  target_enrollment: [sql`r.target_enrollment`, rawJson],
  selected_on: [sql`r.selected_on`, unescapedString],
  initiated_on: [sql`r.initiated_on`, unescapedString],
  activated_on: [sql`r.activated_on`, unescapedString],
  closed_on: [sql`r.closed_on`, unescapedString],
  enrollment_report: [sql`r.enrollment_report`, rawJson],
  version: [sql`r.version`, rawJson],
  created_at: [sql`r.created_at`, pgTimestamp],
  updated_at: [sql`r.updated_at`, pgTimestamp],
});

export const SITES: RecordKind<Site, SiteView> = {
  entity: Site,
  label: 'Site',
  table: 'study_sites',
  editable: managedStudies,
  notFound: StudyProblem.site_not_found,
  site: 'r.id',
  siteOf: ({ id }) => id,
  view: VIEW,
  sorts: {
    id: { expression: 'r.id', type: 'int' },
    site_number: { expression: `coalesce(r.site_number, '')`, type: 'text' },
    facility: { expression: 'r.facility', type: 'text' },
  },
};

export const siteConditions = ({ stage, country }: SiteFilter): Sql[] => [
  ...inFilter(SITE_STAGE, stage, 'text'),
  ...inFilter('r.country', country, 'text'),
];
