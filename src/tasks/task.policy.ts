import { type PolicySubject, ALL, NONE, policy, type Scope } from '../core/authorization/policy.js';
import { type Task } from './task.entity.js';

/** The fields of a task that decide who may do what. */
export type TaskAttributes = Pick<Task, 'assigneeId' | 'priority'> & Partial<Pick<Task, 'criticalGivenBy'>>;

/** Where those fields are in SQL; every query of tasks calls the table `t`. */
export const TASK_COLUMNS = {
  assigneeId: 't.assigned_to_id',
  priority: 't.priority',
  criticalGivenBy: 't.critical_given_by',
} as const;

type Rule = (facts: PolicySubject) => Scope<TaskAttributes>;

const own: Rule = ({ id }) => [{ assigneeId: id }];

/** Outside working hours: critical tasks, of anyone's making or of a manager's. */
const ownCritical: Rule = ({ id, criticalException }) => [
  {
    assigneeId: id,
    priority: 'critical',
    ...(criticalException?.givenBy === 'manager' && { criticalGivenBy: 'manager' as const }),
  },
];

const coversAll = ({ criticalException }: PolicySubject): boolean => criticalException?.covers !== 'changes';

/** Contract, section 3, "Who may do what": the whole table. */
export const visibleTasks = policy<TaskAttributes>(
  'see tasks',
  (facts) => ({ manager: ALL, auditor: ALL, developer: own(facts) })[facts.role],
);

export const creatableTasks = policy<TaskAttributes>(
  'create tasks',
  (facts) => ({ manager: ALL, auditor: NONE, developer: facts.atWork ? own(facts) : NONE })[facts.role],
);

/** The task as it is. */
export const editableTasks = policy<TaskAttributes>(
  'edit tasks',
  (facts) =>
    ({
      manager: ALL,
      auditor: NONE,
      developer: facts.atWork ? own(facts) : ownCritical(facts),
    })[facts.role],
);

export const deletableTasks = policy<TaskAttributes>(
  'delete tasks',
  (facts) =>
    ({
      manager: ALL,
      auditor: NONE,
      developer: facts.atWork ? own(facts) : coversAll(facts) ? ownCritical(facts) : NONE,
    })[facts.role],
);

/** Tasks that change with another one, judged as if they were the actor's own: a cascade follows the tree, whoever they are of. */
export const cascadingTasks = policy<TaskAttributes>(
  'change tasks that depend on each other',
  (facts) =>
    ({
      manager: ALL,
      auditor: NONE,
      developer: facts.atWork || coversAll(facts) ? own(facts) : ownCritical(facts),
    })[facts.role],
);

/** The task as it will be: a developer may not hand one to someone else. */
export const assignableTasks = policy<TaskAttributes>(
  'assign tasks',
  (facts) => ({ manager: ALL, auditor: NONE, developer: own(facts) })[facts.role],
);

/** Tasks as they were, deleted ones included: decided by who one is today, for tasks have changed hands since. */
export const historicalTasks = policy<TaskAttributes>('see tasks as they were', ({ role }) =>
  role === 'developer' ? NONE : ALL,
);

/** Deleted tasks and what became of them stay readable for those who watch over the record. */
export const visibleDeletedTasks = policy<TaskAttributes>('see deleted tasks', ({ role }) =>
  role === 'auditor' ? ALL : NONE,
);
