import sql from 'sql-template-tag';
import { jsonString, pgTimestamp, rawJson, RowSerializer, unescapedString } from '../../core/http/row-serializer.js';
import { type StudyView } from './studies.dto.js';

/** Writes a study `s` as `StudyView`. */
export const STUDY_VIEW = new RowSerializer<StudyView>({
  id: [sql`s.id`, rawJson],
  sponsor_protocol_identifier: [sql`s.sponsor_protocol_identifier`, jsonString],
  nct_number: [sql`s.nct_number`, unescapedString],
  identifiers: [sql`s.identifiers`, rawJson],
  full_title: [sql`s.full_title`, jsonString],
  trial_short_title: [sql`s.trial_short_title`, jsonString],
  trial_acronym: [sql`s.trial_acronym`, jsonString],
  trial_phase: [sql`s.trial_phase`, unescapedString],
  study_type: [sql`s.study_type`, unescapedString],
  sponsor_name: [sql`s.sponsor_name`, jsonString],
  overall_status: [sql`s.overall_status`, unescapedString],
  why_stopped: [sql`s.why_stopped`, jsonString],
  start_date: [sql`s.start_date`, rawJson],
  primary_completion_date: [sql`s.primary_completion_date`, rawJson],
  completion_date: [sql`s.completion_date`, rawJson],
  enrollment: [sql`s.enrollment`, rawJson],
  protocol_version: [sql`s.protocol_version`, jsonString],
  approval_date: [sql`s.approval_date`, unescapedString],
  access: [sql`s.access`, unescapedString],
  follow_up_templates: [sql`s.follow_up_templates`, rawJson],
  locked_at: [sql`s.locked_at`, pgTimestamp],
  version: [sql`s.version`, rawJson],
  created_at: [sql`s.created_at`, pgTimestamp],
  updated_at: [sql`s.updated_at`, pgTimestamp],
});
