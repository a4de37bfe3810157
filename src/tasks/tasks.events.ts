import { problems, type Problem } from '../core/http/problem.js';
import { type Priority, type Status } from './task.entity.js';

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
  task_cycle: [409, 'A task cannot be its own ancestor'],
  stale_version: [412, 'The task has changed since you read it'],
});

export const taskNotFound = (id: number): Problem => TaskProblem.task_not_found(`Task ${id} not found`);

/** A change of one task that is committed. */
export interface TaskChanged {
  readonly taskId: number;
  readonly actorId: number | null;
}
export interface TaskStatusChanged extends TaskChanged {
  readonly from: Status;
  readonly to: Status;
  /** Whether it followed from the change of another task. */
  readonly cascade: boolean;
}
export interface TaskReassigned extends TaskChanged {
  readonly from: number;
  readonly to: number;
  /** As the one who had it knew it: the same change may have given it another. */
  readonly title: string;
}
export interface TaskEscalated extends TaskChanged {
  readonly from: Priority;
  readonly to: Priority;
}
export interface TaskDeadlineNear extends TaskChanged {
  /** Until the deadline, rounded up; negative where it has passed. */
  readonly minutes: number;
}

declare module '../core/persistence/event-map.js' {
  interface EventMap {
    'task.created': TaskChanged;
    'task.deleted': TaskChanged;
    'task.status_changed': TaskStatusChanged;
    'task.reassigned': TaskReassigned;
    'task.priority_escalated': TaskEscalated;
    'task.deadline_near': TaskDeadlineNear;
  }
}
