import sql, { raw, type Sql } from 'sql-template-tag';
import {
  jsonString,
  pgBoolean,
  pgTimestamp,
  rawJson,
  RowSerializer,
  unescapedString,
} from '../../../core/http/row-serializer.js';
import { inFilter } from '../../../infrastructure/database/sql-filters.js';
import { type RecordKind } from '../records/record-kind.js';
import { managedStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { Member } from './member.entity.js';
import { type MemberFilter, type MemberView } from './members.dto.js';

const ACTIVE = '(r.start_date <= clock.today AND (r.end_date IS NULL OR r.end_date >= clock.today))';

const VIEW = new RowSerializer<MemberView>({
  id: [sql`r.id`, rawJson],
  study_id: [sql`r.study_id`, rawJson],
  site_id: [sql`r.site_id`, rawJson],
  user_id: [sql`r.user_id`, rawJson],
  username: [sql`(SELECT u.username FROM users u WHERE u.id = r.user_id)`, jsonString],
  role: [sql`r.role`, unescapedString],
  start_date: [sql`r.start_date`, unescapedString],
  end_date: [sql`r.end_date`, unescapedString],
  active: [raw(ACTIVE), pgBoolean],
  version: [sql`r.version`, rawJson],
  created_at: [sql`r.created_at`, pgTimestamp],
  updated_at: [sql`r.updated_at`, pgTimestamp],
});

export const MEMBERS: RecordKind<Member, MemberView> = {
  entity: Member,
  label: 'Membership',
  table: 'study_members',
  editable: managedStudies,
  notFound: StudyProblem.member_not_found,
  site: 'r.site_id',
  siteOf: ({ siteId }) => siteId ?? null,
  view: VIEW,
  sorts: { id: { expression: 'r.id', type: 'int' }, start_date: { expression: 'r.start_date', type: 'date' } },
};

export const memberConditions = ({ role, active, user_id, site_id }: MemberFilter): Sql[] => [
  ...inFilter('r.role', role, 'text'),
  ...inFilter('r.user_id', user_id, 'int'),
  ...inFilter('r.site_id', site_id, 'int'),
  ...(active === undefined ? [] : [sql`${raw(ACTIVE)} = ${active}`]),
];
