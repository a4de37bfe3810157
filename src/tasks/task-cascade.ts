import { matches, type PolicySubject } from '../core/authorization/policy.js';
import { type Problem } from '../core/http/problem.js';
import { quotedText } from '../core/quoted-text.js';
import { findAllConflicts, resolveStatusCascade, type Conflict, type TaskHierarchy } from './task-hierarchy.js';
import { type Status, type Task } from './task.entity.js';
import { visibleTasks, type TaskAttributes } from './task.policy.js';
import { TaskProblem } from './tasks.problems.js';

/**
 * Resolves the statuses that other tasks take with the requested ones (`resolveStatusCascade`).
 *
 * @returns the new status of every other task that changes, by id
 * @throws Problem 409 `child_unfinished` or `parent_completed`, with titles only of tasks that the actor sees
 */
export function resolveCascadeOrThrow(
  actor: PolicySubject,
  hierarchy: readonly Task[],
  requested: ReadonlyMap<number, Status>,
  attached?: ReadonlySet<number>,
): ReadonlyMap<number, Status> {
  const { cascades, conflict } = resolveStatusCascade(hierarchy, requested, attached);
  if (conflict) throw conflictProblem(actor, conflict);
  return cascades;
}

/**
 * The same for one task, new or changed.
 *
 * @param hierarchy the locked tasks, as they were
 * @param changed the task as it will be
 */
export function resolveCascadeOfTaskOrThrow(
  actor: PolicySubject,
  hierarchy: readonly Task[],
  changed: Task,
): ReadonlyMap<number, Status> {
  const { id, parentId, status } = changed;
  const before = hierarchy.find((task) => task.id === id);
  const linked = before
    ? hierarchy.map((task) => (task.id === id ? { ...task, parentId } : task))
    : [...hierarchy, changed];
  const attached = before?.parentId === parentId ? [] : [id];
  return resolveCascadeOrThrow(actor, linked, new Map([[id, status]]), new Set(attached));
}

/**
 * Finds the ancestors that a new blocked task blocks (`TaskHierarchy.findBlockedBy`).
 *
 * @returns them in the order of their ids
 * @throws Problem 409 `parent_completed`
 */
export function blockedByNewOrThrow(actor: PolicySubject, hierarchy: TaskHierarchy<Task>, created: Task): Task[] {
  const { ancestors, conflict } = hierarchy.findBlockedBy(created);
  if (conflict) throw conflictProblem(actor, conflict);
  return ancestors.sort((a, b) => a.id - b.id);
}

/**
 * Finds why tasks cannot take a status or a parent where the others do (`findAllConflicts`).
 *
 * @returns one problem per conflicting task, by id
 */
export function conflictProblems(
  actor: PolicySubject,
  hierarchy: readonly Task[],
  requested: ReadonlyMap<number, Status>,
  parents: ReadonlyMap<number, number | null>,
): ReadonlyMap<number, Problem> {
  const conflicts = findAllConflicts(hierarchy, requested, parents);
  return new Map(conflicts.map((conflict) => [conflict.task.id, conflictProblem(actor, conflict)]));
}

/**
 * @param lineage ids of the parent and its ancestors
 * @throws Problem 409 `task_cycle` where the parent is the task itself or below it
 */
export function assertNoCycle(lineage: ReadonlySet<number>, { id }: Task, parentId: number | null): void {
  if (!lineage.has(id)) return;
  throw TaskProblem.task_cycle(
    parentId === id
      ? 'A task cannot be its own parent'
      : `Task ${parentId} is below task ${id}, so it cannot be its parent`,
  );
}

/** Names a task in a problem detail; a task that the actor does not see, by its id alone. */
export function taskLabelFor(actor: PolicySubject, task: Task): string {
  return matches<TaskAttributes>(task, visibleTasks(actor))
    ? `task ${task.id} ${quotedText(task.title)}`
    : `task ${task.id}`;
}

function conflictProblem(actor: PolicySubject, { kind, task, other }: Conflict<Task>): Problem {
  // A new task has no id yet.
  const name = (named: Task) => (named.id > 0 ? taskLabelFor(actor, named) : 'the task');
  return kind === 'child_unfinished'
    ? TaskProblem.child_unfinished(
        `${capitalize(name(task))} cannot be completed while its child, ${name(other)}, is ${other.status.replace('_', ' ')}: finish that first`,
        { task_id: task.id, child_id: other.id },
      )
    : TaskProblem.parent_completed(
        `${capitalize(name(task))} cannot be blocked, since its parent, ${name(other)}, is completed: reopen that first`,
        { task_id: task.id, parent_id: other.id },
      );
}

const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
