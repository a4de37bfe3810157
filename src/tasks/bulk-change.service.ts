import { Injectable } from '@nestjs/common';
import { type Actor } from '../core/authorization/actor.js';
import { Problem, validationError } from '../core/http/problem.js';
import { DtoValidationPipe } from '../core/http/validation.pipe.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { BulkOutcomes } from './bulk-outcomes.js';
import { TagsRepository } from './tags/tags.repository.js';
import { TaskAuthorizationService } from './task-authorization.service.js';
import { assertNoCycle, conflictProblems, resolveCascadeOrThrow } from './task-cascade.js';
import { criticalOriginPatch, statusPatch, type Status, type Task } from './task.entity.js';
import { lineageOf } from './task-tree.js';
import { columns, sortedUnique, tagChange } from './task-values.js';
import { type BulkItem, type BulkMode, type TaskChanges } from './tasks.bulk.dto.js';
import { TaskPatch } from './tasks.dto.js';
import { assigneeInactive, assigneeNotFound, TaskProblem } from './tasks.problems.js';
import { TasksRepository } from './tasks.repository.js';

/** Characters of texts in one change: they are cut for the search and recorded for each task, some 350 ms a million. */
const MAX_TEXT = 5_000_000;
/** Characters of descriptions that one change replaces. */
const MAX_REPLACED_TEXT = 10_000_000;

/** A change of many tasks within its transaction. */
interface Change {
  readonly tx: AuditedTransaction;
  readonly actor: Actor;
  readonly patch: TaskPatch;
  readonly ids: readonly number[];
  readonly outcomes: BulkOutcomes;
  /** The locked tasks, with those that the change concerns. */
  readonly hierarchy: readonly Task[];
  readonly byId: ReadonlyMap<number, Task>;
  /** Ids of the new parent and its ancestors. */
  readonly lineage: ReadonlySet<number>;
  readonly missingTag: number | undefined;
  /** Undefined where the assignee is not there. */
  readonly assigneeIsActive: boolean | undefined;
}

/** Changes any field of many tasks in a number of statements that does not grow with theirs. */
@Injectable()
export class BulkChangeService {
  private readonly pipe = new DtoValidationPipe();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tasks: TasksRepository,
    private readonly tags: TagsRepository,
    private readonly authorization: TaskAuthorizationService,
  ) {}

  /**
   * Gives tasks the same new values, all or those that are allowed.
   *
   * @param dryRun rolls everything back
   * @returns one result per distinct id
   * @throws Problem that of the first task that fails, where all or none shall be changed; 422 for values that no task
   *   can have, or longer texts than so many tasks can take
   */
  async change(
    actor: Actor,
    { task_ids: ids, changes }: TaskChanges,
    mode: BulkMode,
    dryRun: boolean,
  ): Promise<BulkItem[]> {
    const patch = (await this.pipe.transform(changes, { type: 'body', metatype: TaskPatch })) as TaskPatch;
    if (Object.values(patch).every((value) => value === undefined))
      throw validationError([{ field: 'changes', code: 'empty', message: 'changes must name at least one field' }]);
    assertTextWritable(patch, ids.length);
    const work = async (tx: AuditedTransaction) => this.apply(await this.lock(tx, actor, ids, patch), mode);
    return dryRun ? this.unitOfWork.rehearse(actor, work) : this.unitOfWork.run(actor, work);
  }

  private async lock(tx: AuditedTransaction, actor: Actor, ids: readonly number[], patch: TaskPatch): Promise<Change> {
    const { parent_task: parentId, assigned_to: assigneeId, tags = [] } = patch;
    const hierarchy = await this.tasks.lockForChange(tx, actor, sortedUnique(ids), patch);
    const [missing, assignees] = await Promise.all([
      this.tags.findAllMissing(tx, tags),
      this.tasks.lockAssignees(tx, assigneeId === undefined ? [] : [assigneeId]),
    ]);
    const assigneeIsActive = assigneeId === undefined ? undefined : assignees.get(assigneeId);
    const missingTag = tags.find((tag) => missing.has(tag));
    return {
      tx,
      actor,
      patch,
      ids,
      outcomes: new BulkOutcomes(ids.length, ids),
      hierarchy,
      byId: new Map(hierarchy.map((task) => [task.id, task])),
      lineage: lineageOf(hierarchy, parentId ?? null),
      missingTag,
      assigneeIsActive,
    };
  }

  private async apply(change: Change, mode: BulkMode): Promise<BulkItem[]> {
    const { tx, ids, outcomes, hierarchy } = change;
    const judged = new Map(ids.map((id, index) => [id, outcomes.judge(index, () => this.assertAllowed(change, id))]));
    const cascades = this.cascadesOf(change, judged);
    outcomes.assertComplete(mode);
    const accepted = ids.filter((_, index) => !outcomes.hasFailed(index)).map((id) => judged.get(id) as Task);
    const after = await this.write(change, await this.withReplacedTexts(change, accepted));
    await this.tasks.applyStatuses(tx, hierarchy, cascades, true);
    ids.forEach((id, index) => {
      const task = after.get(id);
      if (task) outcomes.succeed(index, 200, task);
    });
    return outcomes.results();
  }

  /**
   * Audit entries have the former descriptions, too. They are read only once it is known that the actor may change these
   * tasks, and that the texts fit into memory.
   *
   * @throws Problem 422 where they are too long for so many tasks at a time
   */
  private async withReplacedTexts({ tx, actor, patch }: Change, tasks: readonly Task[]): Promise<readonly Task[]> {
    if (patch.description === undefined) return tasks;
    assertTextReplaceable(await this.tasks.lengthOfDescriptions(tx, tasks), tasks.length);
    return this.tasks.withDescriptions(tx, actor, tasks);
  }

  private assertAllowed(change: Change, id: number): Task {
    const { tx, actor, patch, lineage, missingTag, assigneeIsActive } = change;
    const task = this.authorization.findEditableOrThrow(actor, tx.now, lockedAs(change, id), id);
    const updated = { ...task, ...columns(patch) };
    this.authorization.assertAssignable(actor, tx.now, updated);
    if (missingTag !== undefined) throw TaskProblem.tag_not_found(`Tag ${missingTag} not found`);
    if (updated.assigneeId !== task.assigneeId) {
      if (assigneeIsActive === undefined) throw assigneeNotFound(updated.assigneeId);
      if (!assigneeIsActive) throw assigneeInactive(updated.assigneeId);
    }
    if (updated.parentId !== task.parentId) {
      this.authorization.assertParentVisible(actor, lockedAs(change, updated.parentId), updated.parentId);
      assertNoCycle(lineage, task, updated.parentId);
    }
    return task;
  }

  /**
   * Resolves the statuses of other tasks for all tasks together, so that a parent and its children may be completed in one
   * change. A task that conflicts fails, and the others are resolved without it.
   */
  private cascadesOf(change: Change, judged: ReadonlyMap<number, Task | undefined>): ReadonlyMap<number, Status> {
    const { tx, actor, patch, ids, outcomes, hierarchy } = change;
    if (patch.status === undefined && patch.parent_task === undefined) return new Map();
    const indexes = ids.flatMap((_, index) => (outcomes.hasFailed(index) ? [] : [index]));
    const taskAt = (index: number) => judged.get(ids[index] as number) as Task;
    const conflicts = conflictProblems(actor, hierarchy, ...requestsOf(indexes.map(taskAt), patch));
    for (const index of indexes) {
      const problem = conflicts.get(ids[index] as number);
      if (problem) outcomes.fail(index, problem);
    }
    const accepted = indexes.filter((index) => !outcomes.hasFailed(index));
    try {
      const cascades = resolve(actor, hierarchy, accepted.map(taskAt), patch);
      this.authorization.assertCascadesAllowed(actor, tx.now, hierarchy, cascades);
      return cascades;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      // A denial of what follows from the change concerns all of it: it does not show from which task it follows.
      accepted.forEach((index) => outcomes.fail(index, error));
      return new Map();
    }
  }

  /** Writes tasks in as many statements as there are different sets of values. @returns them as they are now, by id */
  private async write({ tx, patch }: Change, tasks: readonly Task[]): Promise<Map<number, Task>> {
    const tagIds = patch.tags && sortedUnique(patch.tags);
    const tagsBefore =
      tagIds &&
      (await this.tags.idsOfTasks(
        tx,
        tasks.map(({ id }) => id),
      ));
    const also = tagIds && ((task: Task) => tagChange(tagsBefore?.get(task.id) ?? [], tagIds));
    const after = new Map<number, Task>();
    for (const { values, group } of groupsByValues(tx, patch, tasks)) {
      for (const task of await this.tasks.updateAll(tx, group, values, also)) after.set(task.id, task);
    }
    if (tagIds) this.tags.replaceAll(tx, [...after.keys()], tagIds);
    return after;
  }
}

/** @throws Problem 422 where the texts are too long for so many tasks at a time */
function assertTextWritable({ title = '', description = '' }: TaskPatch, count: number): void {
  const length = title.length + description.length;
  if (length * count <= MAX_TEXT) return;
  const message = `title and description may have ${formatCount(MAX_TEXT)} characters for all tasks together: with these ${formatCount(length)}, change at most ${formatCount(Math.floor(MAX_TEXT / length))} tasks at a time`;
  throw validationError([{ field: 'changes', code: 'too_much_text', message }]);
}

/** @throws Problem 422 where the descriptions of tasks are too long to be replaced at a time */
function assertTextReplaceable(length: number, count: number): void {
  if (length <= MAX_REPLACED_TEXT) return;
  const message = `the descriptions of these ${count} tasks have ${formatCount(length)} characters together, and ${formatCount(MAX_REPLACED_TEXT)} may be replaced at a time: change fewer tasks`;
  throw validationError([{ field: 'changes', code: 'too_much_text', message }]);
}

const formatCount = (count: number): string => count.toLocaleString('en');

/** The locked task of an id, as a list: empty where there is none. */
function lockedAs({ byId }: Change, id: number | null): readonly Task[] {
  const task = id === null ? undefined : byId.get(id);
  return task ? [task] : [];
}

/** The statuses that a patch requests of tasks, and the parents of those that it moves, by id. */
function requestsOf(
  tasks: readonly Task[],
  { status, parent_task: parentId }: TaskPatch,
): [requested: ReadonlyMap<number, Status>, parents: ReadonlyMap<number, number | null>] {
  const moved = parentId === undefined ? [] : tasks.filter((task) => task.parentId !== parentId);
  return [
    new Map(tasks.map((task) => [task.id, status ?? task.status])),
    new Map(moved.map(({ id }) => [id, parentId as number | null])),
  ];
}

function resolve(
  actor: Actor,
  hierarchy: readonly Task[],
  accepted: readonly Task[],
  patch: TaskPatch,
): ReadonlyMap<number, Status> {
  const [requested, parents] = requestsOf(accepted, patch);
  const linked = hierarchy.map((task) => {
    const parentId = parents.get(task.id);
    return parentId === undefined ? task : { ...task, parentId };
  });
  return resolveCascadeOrThrow(actor, linked, requested, new Set(parents.keys()));
}

/** Groups tasks by the values that they take: who made one critical, and when it was completed, depend on what it was. */
function groupsByValues(
  { principal, now }: AuditedTransaction,
  patch: TaskPatch,
  tasks: readonly Task[],
): { values: Partial<Task>; group: Task[] }[] {
  const groups = new Map<string, { values: Partial<Task>; group: Task[] }>();
  for (const task of tasks) {
    const values = {
      ...columns(patch),
      ...criticalOriginPatch(principal, task, patch.priority),
      ...(patch.status !== undefined && patch.status !== task.status && statusPatch(patch.status, now)),
    };
    const key = Object.keys(values).join();
    const known = groups.get(key) ?? { values, group: [] };
    known.group.push(task);
    groups.set(key, known);
  }
  return [...groups.values()];
}
