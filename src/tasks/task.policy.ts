import { type PolicySubject, ALL, NONE, policy, type Scope } from '../core/authorization/policy.js';
import { type Task } from './task.entity.js';

/** The fields of a task that policies judge; extensions narrow by its id. */
export type TaskAttributes = Pick<Task, 'assigneeId' | 'priority'> & Partial<Pick<Task, 'criticalGivenBy' | 'id'>>;

/** Columns of the fields that the rules of the product compare; every query of tasks calls the table `t`. */
export const JUDGED_TASK_COLUMNS = Object.freeze({
  assigneeId: 't.assigned_to_id',
  priority: 't.priority',
  criticalGivenBy: 't.critical_given_by',
} as const);

/** Columns of all fields that policies judge. */
export const TASK_COLUMNS = Object.freeze({ ...JUDGED_TASK_COLUMNS, id: 't.id' } as const);

type Rule = (subject: PolicySubject) => Scope<TaskAttributes>;

const own: Rule = ({ id }) => [{ assigneeId: id }];

/** Outside working hours: own critical tasks, or those alone that a manager made critical (`criticalException.givenBy`). */
const ownCritical: Rule = ({ id, criticalException }) => [
  {
    assigneeId: id,
    priority: 'critical',
    ...(criticalException?.givenBy === 'manager' && { criticalGivenBy: 'manager' as const }),
  },
];

const coversAll = ({ criticalException }: PolicySubject): boolean => criticalException?.covers !== 'changes';

/** This and the policies below: contract, section 3, "Who may do what". */
export const visibleTasks = policy<TaskAttributes>(
  'see tasks',
  (subject) => ({ manager: ALL, auditor: ALL, developer: own(subject) })[subject.role],
  { id: 'id', shows: 'task' },
);

/** A task that is not seen can be neither changed nor read as it was. */
const WITHIN_VISIBLE = { id: 'id', within: visibleTasks } as const;

export const creatableTasks = policy<TaskAttributes>(
  'create tasks',
  (subject) => ({ manager: ALL, auditor: NONE, developer: subject.atWork ? own(subject) : NONE })[subject.role],
  { id: 'id' },
);

/** Judges the task as it is, before the change. */
export const editableTasks = policy<TaskAttributes>(
  'edit tasks',
  (subject) =>
    ({
      manager: ALL,
      auditor: NONE,
      developer: subject.atWork ? own(subject) : ownCritical(subject),
    })[subject.role],
  WITHIN_VISIBLE,
);

export const deletableTasks = policy<TaskAttributes>(
  'delete tasks',
  (subject) =>
    ({
      manager: ALL,
      auditor: NONE,
      developer: subject.atWork ? own(subject) : coversAll(subject) ? ownCritical(subject) : NONE,
    })[subject.role],
  WITHIN_VISIBLE,
);

/** Deleted tasks that come back; a deletion by mistake is undone by those who answer for all tasks. */
export const restorableTasks = policy<TaskAttributes>(
  'restore tasks',
  ({ role }) => (role === 'manager' ? ALL : NONE),
  WITHIN_VISIBLE,
);

/** Judges tasks that change by cascade as if they were the actor's own: a cascade follows the tree, across assignees. */
export const cascadingTasks = policy<TaskAttributes>(
  'change tasks that depend on each other',
  (subject) =>
    ({
      manager: ALL,
      auditor: NONE,
      developer: subject.atWork || coversAll(subject) ? own(subject) : ownCritical(subject),
    })[subject.role],
  { id: 'id' },
);

/** Judges the task as it will be: a developer may not assign one to someone else. */
export const assignableTasks = policy<TaskAttributes>(
  'assign tasks',
  (subject) => ({ manager: ALL, auditor: NONE, developer: own(subject) })[subject.role],
  WITHIN_VISIBLE,
);

/** Tasks as of a time, deleted ones included. No scope by assignee, since tasks have been reassigned since. */
export const historicalTasks = policy<TaskAttributes>(
  'see tasks as they were',
  ({ role }) => (role === 'developer' ? NONE : ALL),
  WITHIN_VISIBLE,
);

/** Deleted tasks and their history stay readable for auditors. */
export const visibleDeletedTasks = policy<TaskAttributes>(
  'see deleted tasks',
  ({ role }) => (role === 'auditor' ? ALL : NONE),
  WITHIN_VISIBLE,
);
