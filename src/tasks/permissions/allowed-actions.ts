import { type PolicySubject, matches } from '../../core/authorization/policy.js';
import { type TaskAttributes } from '../task.policy.js';
import { TASK_ACTIONS, type TaskAction } from './task-actions.js';

/** `create` concerns no task that is there. */
export type ActionOnTask = Exclude<TaskAction, 'create'>;

export const ACTIONS_ON_A_TASK = (Object.keys(TASK_ACTIONS) as TaskAction[]).filter(
  (action): action is ActionOnTask => action !== 'create',
);

/** Stands for a user other than the actor: no user has this id. */
const SOMEONE_ELSE = 0;

/**
 * Lists what an actor may do with a task now, by the policies that a call is judged by. `assign` is giving it to someone
 * else. A call is also judged for the tasks that change with this one: children that are deleted, parents that are blocked.
 */
export function allowedActions(actor: PolicySubject, task: TaskAttributes): ActionOnTask[] {
  return ACTIONS_ON_A_TASK.filter((action) => isAllowed(actor, action, task));
}

function isAllowed(actor: PolicySubject, action: ActionOnTask, task: TaskAttributes): boolean {
  const { route, task: rule } = TASK_ACTIONS[action];
  if (route(actor).length === 0 || !matches(task, TASK_ACTIONS.see.task(actor))) return false;
  if (action !== 'assign') return (action !== 'delete' || isAllowed(actor, 'edit', task)) && matches(task, rule(actor));
  return isAllowed(actor, 'edit', task) && matches({ ...task, assigneeId: SOMEONE_ELSE }, rule(actor));
}
