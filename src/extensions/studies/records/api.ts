import { type ProblemKind, CoreProblem } from '../../../core/http/problem.js';
import { StudyProblem } from '../studies.problems.js';

/** Describes the tag of every route of this extension. */
export const STUDIES_AREA =
  'Clinical studies: sites, members, milestones, monitoring visits, deviations, trainings and tasks';

/** Problems of every change of a record of a study. */
export const WRITE_ERRORS: readonly ProblemKind[] = [
  StudyProblem.study_not_found,
  StudyProblem.site_not_found,
  StudyProblem.study_locked,
  CoreProblem.not_yours,
];

/** Problems of a change of an existing record. */
export const CHANGE_ERRORS: readonly ProblemKind[] = [
  ...WRITE_ERRORS,
  CoreProblem.stale_version,
  CoreProblem.unknown_entity_tag,
];
