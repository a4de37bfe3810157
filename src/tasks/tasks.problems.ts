import { problems, type Problem } from '../core/http/problem.js';

export const TaskProblem = problems({
  task_not_found: [404, 'No such task'],
  some_tasks_not_found: [404, 'Some tasks not found'],
  assignee_not_found: [404, 'No such assignee'],
  parent_not_found: [404, 'No such parent task'],
  tag_not_found: [404, 'No such tag'],
  reassignment_not_allowed: [403, 'You may not hand a task to someone else'],
  assignee_inactive: [409, 'The assignee is disabled'],
  child_unfinished: [409, 'A child task is not finished'],
  parent_completed: [409, 'The parent task is completed'],
  task_not_deleted: [409, 'The task is not deleted'],
  parent_deleted: [409, 'The parent task is deleted'],
  task_redacted: [409, 'A text of the task was redacted'],
  task_cycle: [409, 'A task cannot be its own ancestor'],
  too_many_concerned: [409, 'The change concerns too many tasks'],
});

export const taskNotFound = (id: number): Problem => TaskProblem.task_not_found(`Task ${id} not found`);

export const assigneeNotFound = (id: number | undefined): Problem =>
  TaskProblem.assignee_not_found(`Assigned user ${id} not found`);

export const assigneeInactive = (id: number): Problem =>
  TaskProblem.assignee_inactive(
    `User ${id} is disabled, so no task can be given to them: choose another user, or let a manager enable them`,
  );

export const tooManyConcerned = (limit: number): Problem =>
  TaskProblem.too_many_concerned(
    `This change concerns more than ${limit.toLocaleString('en')} tasks, with those above and below: change those lower in the hierarchy first, move a part of it elsewhere, or change fewer at a time`,
  );
