import { problems } from '../../core/http/problem.js';

export const TagProblem = problems({
  no_such_tag: [404, 'No such tag'],
  tag_exists: [409, 'There is a tag of this name already'],
  tag_in_use: [409, 'Tasks have this tag'],
});
