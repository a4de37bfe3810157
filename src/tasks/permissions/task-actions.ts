import { type Policy } from '../../core/authorization/policy.js';
import {
  assignableTasks,
  creatableTasks,
  deletableTasks,
  editableTasks,
  visibleTasks,
  type TaskAttributes,
} from '../task.policy.js';

/** Actions that a decision can be asked for: the policy of the route, and the one that judges the task. */
export const TASK_ACTIONS = {
  see: { route: visibleTasks, task: visibleTasks },
  create: { route: creatableTasks, task: creatableTasks },
  edit: { route: editableTasks, task: editableTasks },
  delete: { route: editableTasks, task: deletableTasks },
  assign: { route: editableTasks, task: assignableTasks },
} as const satisfies Record<string, Record<'route' | 'task', Policy<TaskAttributes>>>;

export type TaskAction = keyof typeof TASK_ACTIONS;
