import { type Policy } from '../../core/authorization/policy.js';
import {
  assignableTasks,
  creatableTasks,
  deletableTasks,
  editableTasks,
  visibleTasks,
  type TaskAttributes,
} from '../task.policy.js';

/** Actions that a decision can be asked for, by the policy that judges them. */
export const TASK_ACTIONS = {
  see: visibleTasks,
  create: creatableTasks,
  edit: editableTasks,
  delete: deletableTasks,
  assign: assignableTasks,
} as const satisfies Record<string, Policy<TaskAttributes>>;

export type TaskAction = keyof typeof TASK_ACTIONS;
