import { Injectable } from '@nestjs/common';
import { type Actor } from '../core/authorization/actor.js';
import { assertVersionMatches } from '../audit/record-history/version-precondition.js';
import { type VersionCondition, type VersionedJson } from '../core/http/entity-tags.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { type Usernames } from './list/task-projection.sql.js';
import { type TaskInclude } from './permissions/task-include.dto.js';
import { projectionFor } from './tasks.queries.js';
import { TaskSerializer } from './list/task-serializer.js';
import { TagsRepository } from './tags/tags.repository.js';
import { TaskAuthorizationService } from './task-authorization.service.js';
import { assertNoCycle, resolveCascadeOfTaskOrThrow, resolveCascadeOrThrow } from './task-cascade.js';
import { criticalOriginPatch, statusPatch, type Task } from './task.entity.js';
import { lineageOf, subtree } from './task-tree.js';
import { deletableTasks } from './task.policy.js';
import { attributesOf, columns, describedIn, newRow, sortedUnique, tagChange } from './task-values.js';
import { versionedTask } from './task-version.js';
import { type BulkUpdate, type NewTask, type TaskPatch, type TaskView } from './tasks.dto.js';
import { TaskProblem } from './tasks.problems.js';
import { TasksRepository } from './tasks.repository.js';

/** A task that was written, and the user names that the response shows. */
interface WrittenTask {
  readonly id: number;
  readonly names: Usernames;
}

/** Creates, changes and deletes tasks; each in one audited transaction: lock, check, apply, cascade, save. */
@Injectable()
export class TasksService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tasks: TasksRepository,
    private readonly tags: TagsRepository,
    private readonly authorization: TaskAuthorizationService,
    private readonly serializer: TaskSerializer,
  ) {}

  create(actor: Actor, body: NewTask, include: TaskInclude = {}): Promise<VersionedJson<TaskView>> {
    return this.unitOfWork.run(actor, (tx) => this.insert(tx, actor, body), this.readBack(actor, include));
  }

  /** As `create`, within a transaction of the caller's. @returns the id of the task */
  async createWithin(tx: AuditedTransaction, actor: Actor, body: NewTask): Promise<number> {
    return (await this.insert(tx, actor, body)).id;
  }

  /** Changes the fields given; the others keep their values. */
  update(
    actor: Actor,
    id: number,
    patch: TaskPatch,
    condition?: VersionCondition,
    include: TaskInclude = {},
  ): Promise<VersionedJson<TaskView>> {
    const work = (tx: AuditedTransaction) => this.patch(tx, actor, id, patch, condition);
    return this.unitOfWork.run(actor, work, this.readBack(actor, include));
  }

  /** Deletes a task and its descendants from every list; the rows stay for the auditor. */
  async delete(actor: Actor, id: number, condition?: VersionCondition): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const hierarchy = await this.tasks.lockConcerned(tx, actor, { ids: [id], below: 'live' });
      const task = this.authorization.findEditableOrThrow(actor, tx.now, hierarchy, id);
      await assertVersionMatches(tx, condition, versionedTask(task));
      const deleted = subtree(hierarchy, id);
      this.authorization.assertAllAllowed(actor, tx.now, deletableTasks, deleted);
      await this.tasks.markDeleted(tx, deleted);
      deleted.forEach(({ id: taskId }) => tx.emit('task.deleted', { taskId, actorId: actor.id }));
    });
  }

  /** Gives many tasks one status, all or none. @returns the number of distinct ids */
  bulkUpdate(actor: Actor, { task_ids, status }: BulkUpdate): Promise<number> {
    return this.unitOfWork.run(actor, async (tx) => {
      const ids = sortedUnique(task_ids);
      const hierarchy = await this.tasks.lockForChange(tx, actor, ids, { status });
      const tasks = this.authorization.findAllEditableOrThrow(actor, tx.now, hierarchy, ids);
      const requested = new Map(ids.map((id) => [id, status] as const));
      const cascades = resolveCascadeOrThrow(actor, hierarchy, requested);
      this.authorization.assertCascadesAllowed(actor, tx.now, hierarchy, cascades);
      await this.tasks.applyStatuses(tx, tasks, requested, false);
      await this.tasks.applyStatuses(tx, hierarchy, cascades, true);
      return ids.length;
    });
  }

  private async insert(tx: AuditedTransaction, actor: Actor, body: NewTask): Promise<WrittenTask> {
    const row = newRow(actor, body, tx.now);
    this.authorization.assertCreatable(actor, tx.now, attributesOf(body));
    await this.assertTagsExist(tx, body);
    const parents = body.parent_task ? [body.parent_task] : [];
    const hierarchy = await this.tasks.lockParents(tx, actor, parents);
    this.authorization.assertParentVisible(actor, hierarchy, body.parent_task);
    await this.cascade(tx, actor, hierarchy, { ...row, id: 0, parentId: body.parent_task ?? null } as Task);
    const tagIds = sortedUnique(body.tags ?? []);
    const { id } = await this.tasks.insert(tx, row, () => tagChange([], tagIds));
    this.tags.attach(tx, id, tagIds);
    tx.emit('task.created', { taskId: id, actorId: actor.id });
    return { id, names: await this.serializer.namesWithin(tx, [actor.id, body.assigned_to]) };
  }

  private async patch(
    tx: AuditedTransaction,
    actor: Actor,
    id: number,
    patch: TaskPatch,
    condition?: VersionCondition,
  ): Promise<WrittenTask> {
    const hierarchy = await this.tasks.lockForChange(tx, actor, [id], patch, describedIn(patch, [id]));
    const task = this.authorization.findEditableOrThrow(actor, tx.now, hierarchy, id);
    await assertVersionMatches(tx, condition, versionedTask(task));
    const updated = { ...task, ...columns(patch) };
    this.authorization.assertAssignable(actor, tx.now, updated);
    await this.assertTagsExist(tx, patch);
    this.assertParentAllowed(actor, hierarchy, task, updated.parentId);
    await this.cascade(tx, actor, hierarchy, updated);
    await this.save(tx, task, patch);
    return { id, names: await this.serializer.namesWithin(tx, [task.creatorId, updated.assigneeId]) };
  }

  /** @throws Problem 404 `parent_not_found`, 409 `task_cycle` */
  private assertParentAllowed(actor: Actor, hierarchy: readonly Task[], task: Task, parentId: number | null): void {
    // A client may send back the parent that it read, also one that the actor does not see.
    if (parentId === task.parentId) return;
    this.authorization.assertParentVisible(actor, hierarchy, parentId);
    assertNoCycle(lineageOf(hierarchy, parentId), task, parentId);
  }

  /** @throws Problem 404 `tag_not_found` naming the first missing tag */
  private async assertTagsExist(tx: AuditedTransaction, { tags }: TaskPatch): Promise<void> {
    if (!tags?.length) return;
    const missing = await this.tags.findMissing(tx, tags);
    if (missing) throw TaskProblem.tag_not_found(`Tag ${missing} not found`);
  }

  /** Applies to ancestors and descendants what a task, new or changed, does to them. */
  private async cascade(
    tx: AuditedTransaction,
    actor: Actor,
    hierarchy: readonly Task[],
    changed: Task,
  ): Promise<void> {
    const cascades = resolveCascadeOfTaskOrThrow(actor, hierarchy, changed);
    this.authorization.assertCascadesAllowed(actor, tx.now, hierarchy, cascades);
    await this.tasks.applyStatuses(tx, hierarchy, cascades, true);
  }

  private async save(tx: AuditedTransaction, task: Task, patch: TaskPatch): Promise<void> {
    const isNewStatus = patch.status !== undefined && patch.status !== task.status;
    const values = {
      ...columns(patch),
      ...criticalOriginPatch(tx.principal, task, patch.priority),
      ...(isNewStatus && statusPatch(patch.status as Task['status'], tx.now)),
    };
    if (!patch.tags) return this.tasks.update(tx, task, values);
    const before = await this.tags.idsOfTask(tx, task.id);
    const after = sortedUnique(patch.tags);
    await this.tasks.update(tx, task, values, () => tagChange(before, after));
    this.tags.replace(tx, task.id, after);
  }

  private readBack(actor: Actor, include: TaskInclude) {
    const projection = projectionFor(actor, include);
    return async (tx: AuditedTransaction, { id, names }: WrittenTask): Promise<VersionedJson<TaskView>> =>
      this.serializer.serialize(await this.tasks.readRow(tx, id, projection), names, projection);
  }
}
