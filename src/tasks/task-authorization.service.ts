import { Injectable } from '@nestjs/common';
import { type Actor } from '../core/authorization/actor.js';
import { denial } from '../core/authorization/decision.js';
import { matches, type Policy } from '../core/authorization/policy.js';
import { WorkingCalendar } from '../core/authorization/working-calendar.js';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { taskLabelFor } from './task-cascade.js';
import { type Task } from './task.entity.js';
import {
  assignableTasks,
  cascadingTasks,
  creatableTasks,
  editableTasks,
  visibleTasks,
  type TaskAttributes,
} from './task.policy.js';
import { taskNotFound, TaskProblem } from './tasks.problems.js';

interface DenialOptions {
  /** Replaces `not_yours`, for a denial that no time of day would lift. */
  readonly notYours?: () => Problem;
  /** Names the task in the problem, for a change of many. */
  readonly label?: string;
  /** Facts that the decision shows of the task; default: those of the task judged. */
  readonly recordFacts?: object;
}

/** Asserts what an actor may do with locked tasks. `at` is the time of the change, which working hours are judged by. */
@Injectable()
export class TaskAuthorizationService {
  constructor(private readonly calendar: WorkingCalendar) {}

  /** @throws Problem 404 `task_not_found` where the actor does not see the task, 403 where they may not edit it */
  findEditableOrThrow(actor: Actor, at: Date, locked: readonly Task[], id: number): Task {
    const task = this.findVisibleOrThrow(actor, locked, id);
    this.assertAllowed(actor, at, editableTasks, task);
    return task;
  }

  /** @throws Problem 404 `task_not_found` where the actor does not see the task */
  findVisibleOrThrow(actor: Actor, locked: readonly Task[], id: number): Task {
    const task = locked.find((row) => row.id === id);
    if (!task || !isVisible(actor, task)) throw taskNotFound(id);
    return task;
  }

  /** @throws Problem 404 `some_tasks_not_found` where the actor does not see all, 403 naming the first not editable one */
  findAllEditableOrThrow(actor: Actor, at: Date, locked: readonly Task[], ids: readonly number[]): Task[] {
    const byId = new Map(locked.map((task) => [task.id, task]));
    const tasks = ids.flatMap((id) => byId.get(id) ?? []).filter((task) => isVisible(actor, task));
    if (tasks.length < ids.length) throw TaskProblem.some_tasks_not_found();
    this.assertAllAllowed(actor, at, editableTasks, tasks);
    return tasks;
  }

  /**
   * @param optionsOfDenial called for a denial only
   * @throws Problem 403 with the reason and, where a time would lift it, that time
   */
  assertAllowed(
    actor: Actor,
    at: Date,
    policy: Policy<TaskAttributes>,
    task: TaskAttributes,
    optionsOfDenial: () => DenialOptions = () => ({}),
  ): void {
    if (matches(task, policy(actor))) return;
    const { notYours, label, recordFacts = { task: taskFacts(task) } } = optionsOfDenial();
    const refine = (problem: Problem): Problem => {
      if (notYours && problem.code === 'not_yours') return notYours();
      const explained = explainCriticalException(actor, task, problem);
      return label ? explained.forRecord(label) : explained;
    };
    throw denial(policy, actor, this.calendar, at, task, { refine, recordFacts });
  }

  /** @throws Problem 403 `reassignment_not_allowed` where the task would be another's, or as `assertAllowed` */
  assertCreatable(actor: Actor, at: Date, task: TaskAttributes): void {
    this.assertAllowed(actor, at, creatableTasks, task, () => ({ notYours: creationForOthers }));
  }

  /** @param updated the task as it would be @throws Problem as `assertCreatable` */
  assertAssignable(actor: Actor, at: Date, updated: TaskAttributes): void {
    this.assertAllowed(actor, at, assignableTasks, updated, () => ({
      notYours: TaskProblem.reassignment_not_allowed,
    }));
  }

  /** @throws Problem 403 naming the first task that is denied */
  assertAllAllowed(actor: Actor, at: Date, policy: Policy<TaskAttributes>, tasks: readonly Task[]): void {
    tasks.forEach((task) => this.assertAllowed(actor, at, policy, task, () => namedFor(actor, task)));
  }

  /** Judges cascaded changes by working hours alone, across assignees. @throws Problem 403 */
  assertCascadesAllowed(
    actor: Actor,
    at: Date,
    hierarchy: readonly Task[],
    cascades: { has(id: number): boolean },
  ): void {
    for (const task of hierarchy.filter(({ id }) => cascades.has(id))) {
      const asOwn = { ...task, assigneeId: actor.id };
      this.assertAllowed(actor, at, cascadingTasks, asOwn, () => namedFor(actor, task));
    }
  }

  /** @throws Problem 404 `parent_not_found` where the parent does not exist or the actor does not see it */
  assertParentVisible(actor: Actor, locked: readonly Task[], parentId: number | null | undefined): void {
    if (!parentId) return;
    const parent = locked.find(({ id }) => id === parentId);
    if (!parent || !isVisible(actor, parent)) {
      throw TaskProblem.parent_not_found(`Parent task ${parentId} not found`);
    }
  }
}

/** The denial of a new task that would be another's. */
export const creationForOthers = (): Problem =>
  TaskProblem.reassignment_not_allowed('You may create tasks for yourself only');

/** Facts of a task in a decision. @param task without an id for one that is to be created */
export const taskFacts = ({
  id,
  assigneeId,
  priority,
}: Omit<TaskAttributes, 'id'> & { readonly id?: number | null }) => ({
  id: id ?? null,
  assigned_to: assigneeId,
  priority,
});

/** One of many tasks, as far as the actor sees it. */
const namedFor = (actor: Actor, task: Task): DenialOptions => ({
  label: taskLabelFor(actor, task),
  recordFacts: isVisible(actor, task) ? { task: taskFacts(task) } : {},
});

const isVisible = (actor: Actor, task: Task): boolean => matches<TaskAttributes>(task, visibleTasks(actor));

/** Adds to a denial outside working hours why the exception for critical tasks does not lift it. */
export function explainCriticalException(
  { criticalException }: Pick<Actor, 'criticalException'>,
  task: TaskAttributes,
  problem: Problem,
): Problem {
  if (problem.code !== 'outside_working_hours' || task.priority !== 'critical') return problem;
  const { givenBy } = criticalException ?? {};
  const why =
    givenBy === 'manager' && task.criticalGivenBy !== 'manager'
      ? 'that a task is critical counts outside of them only where a manager made it so'
      : 'outside of them a critical task may be changed, but not deleted, nor change others that are not critical';
  return CoreProblem.outside_working_hours(`${problem.detail}; ${why}`, problem.extras);
}
