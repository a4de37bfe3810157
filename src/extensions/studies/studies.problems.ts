import { problems } from '../../core/http/problem.js';

export const StudyProblem = problems({
  study_not_found: [404, 'No such study'],
  site_not_found: [404, 'No such site in this study'],
  member_not_found: [404, 'No such member of this study'],
  milestone_not_found: [404, 'No such milestone in this study'],
  monitoring_visit_not_found: [404, 'No such monitoring visit in this study'],
  deviation_not_found: [404, 'No such deviation in this study'],
  training_not_found: [404, 'No such training in this study'],
  task_not_linked: [404, 'The task belongs to no study'],
  study_exists: [409, 'There is a study with this identifier already'],
  site_exists: [409, 'The study has a site with this number already'],
  already_a_member: [409, 'The user has this membership already'],
  site_in_use: [409, 'Records refer to this site'],
  status_not_reachable: [409, 'This status cannot follow the present one', { allowed: ['recruiting', 'withdrawn'] }],
  study_locked: [409, 'The study is locked', { unlocked_by: ['manager'] }],
  study_not_locked: [409, 'The study is not locked'],
  no_project_manager: [409, 'A study for members needs an active project manager'],
  last_project_manager: [409, 'The last project manager of a study cannot leave'],
  assignee_not_a_member: [409, 'The assignee is no member of the study'],
  visit_in_use: [409, 'Deviations refer to this monitoring visit'],
  visit_has_begun: [409, 'A monitoring visit that has begun cannot be removed'],
});
