import sql, { raw, type Sql } from 'sql-template-tag';
import { jsonString, pgTimestamp, rawJson, RowSerializer, unescapedString } from '../../../core/http/row-serializer.js';
import { inFilter } from '../../../infrastructure/database/sql-filters.js';
import { type RecordKind } from '../records/record-kind.js';
import { reportableStudies } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { Training } from './training.entity.js';
import { type TrainingFilter, type TrainingView } from './trainings.dto.js';

/** Days before its end from which a training counts as expiring. */
const EXPIRY_NOTICE_DAYS = 30;

/** Of a row `r`, as of `clock.today`. */
export const TRAINING_STAGE = `CASE WHEN r.expires_on < clock.today THEN 'expired'
  WHEN r.expires_on <= clock.today + ${EXPIRY_NOTICE_DAYS} THEN 'expiring' ELSE 'current' END`;

/** Condition on a training `r`: the user has none of the same course that lasts longer. */
export const NOT_RENEWED: Sql = sql`NOT EXISTS (SELECT FROM study_trainings later WHERE later.study_id = r.study_id
  AND later.user_id = r.user_id AND later.course = r.course AND (later.expires_on IS NULL OR later.expires_on > r.expires_on))`;

const VIEW = new RowSerializer<TrainingView>({
  id: [sql`r.id`, rawJson],
  study_id: [sql`r.study_id`, rawJson],
  user_id: [sql`r.user_id`, rawJson],
  username: [sql`(SELECT u.username FROM users u WHERE u.id = r.user_id)`, jsonString],
  course: [sql`r.course`, jsonString],
  protocol_version: [sql`r.protocol_version`, jsonString],
  completed_on: [sql`r.completed_on`, unescapedString],
  expires_on: [sql`r.expires_on`, unescapedString],
  stage: [raw(TRAINING_STAGE), unescapedString],
  version: [sql`r.version`, rawJson],
  created_at: [sql`r.created_at`, pgTimestamp],
  updated_at: [sql`r.updated_at`, pgTimestamp],
});

export const TRAININGS: RecordKind<Training, TrainingView> = {
  entity: Training,
  label: 'Training',
  table: 'study_trainings',
  editable: reportableStudies,
  notFound: StudyProblem.training_not_found,
  site: 'NULL::int',
  siteOf: () => null,
  view: VIEW,
  sorts: {
    id: { expression: 'r.id', type: 'int' },
    expires_on: { expression: `coalesce(r.expires_on, '9999-12-31')`, type: 'date' },
  },
};

export const trainingConditions = ({ stage, user_id }: TrainingFilter): Sql[] => [
  ...inFilter(TRAINING_STAGE, stage, 'text'),
  ...inFilter('r.user_id', user_id, 'int'),
];
