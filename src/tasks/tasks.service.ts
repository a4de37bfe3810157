import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { explainDenial } from '../core/authorization/can.decorator.js';
import { type Actor } from '../core/authorization/actor.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { isForeignKeyViolation } from '../core/http/database-errors.js';
import { foreignTags, tagOf, type VersionCondition } from '../core/http/entity-tags.js';
import { type RawRow } from '../core/http/row-serializer.js';
import { CoreProblem, type Problem } from '../core/http/problem.js';
import { type Changes } from '../core/persistence/audited.decorator.js';
import { matches, type Policy } from '../core/authorization/policy.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { WorkingCalendar } from '../core/authorization/working-calendar.js';
import { type Names } from './list/task-projection.js';
import { TaskSerializer, type SerializedTask } from './list/task-serializer.js';
import { subtree } from './task-hierarchy.js';
import { taskLabelFor, statusPatch, TasksRepository } from './tasks.repository.js';
import {
  ASSIGNEE_STATE,
  criticalGivenBy,
  explainCriticalException,
  assertAssigneeActive,
  withAssignee,
} from './task.checks.js';
import { Task, type Status } from './task.entity.js';
import {
  assignableTasks,
  cascadingTasks,
  creatableTasks,
  deletableTasks,
  editableTasks,
  visibleTasks,
  type TaskAttributes,
} from './task.policy.js';
import { type BulkUpdate, type NewTask, type TaskPatch } from './tasks.dto.js';
import { taskNotFound, TaskProblem } from './tasks.events.js';
import { taskById } from './tasks.queries.js';

/** A task that was written, and the names that its answer shows. */
interface Written {
  readonly id: number;
  readonly names: Names;
}

/** The verbs of tasks. Each is one transaction: locked, checked, changed, recorded, and answered from what was written. */
@Injectable()
export class TasksService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: TasksRepository,
    private readonly serializer: TaskSerializer,
    private readonly calendar: WorkingCalendar,
  ) {}

  async create(actor: Actor, given: NewTask): Promise<SerializedTask> {
    const work = (tx: AuditedTransaction) => this.insert(tx, actor, given);
    const { row, names } = await this.unitOfWork.run(actor, work, readBack);
    return this.serializer.serialize(row, names);
  }

  /** Changes the fields given; the others keep their values. */
  async update(actor: Actor, id: number, patch: TaskPatch, condition?: VersionCondition): Promise<SerializedTask> {
    const work = (tx: AuditedTransaction) => this.patch(tx, actor, id, patch, condition);
    const { row, names } = await this.unitOfWork.run(actor, work, readBack);
    return this.serializer.serialize(row, names);
  }

  /** Takes a task and everything below it out of every list. The records stay, for the auditor. */
  async delete(actor: Actor, id: number, condition?: VersionCondition): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      const family = await this.repository.lockHierarchy(tx, [id]);
      const task = this.findEditableOrThrow(tx, actor, family, id);
      assertMatches(condition, task);
      const leaving = subtree(family, id);
      leaving.forEach((child) =>
        this.assertAllowed(tx, deletableTasks, actor, child, undefined, taskLabelFor(actor, child)),
      );
      await tx.update(Task, leaving, { deletedAt: tx.now }, { verb: 'deleted' });
      leaving.forEach((child) => tx.emit('task.deleted', { taskId: child.id, actorId: actor.id }));
    });
  }

  /** Gives many tasks one status, all or none. @returns how many were named */
  bulkUpdate(actor: Actor, { task_ids, status }: BulkUpdate): Promise<number> {
    return this.unitOfWork.run(actor, async (tx) => {
      const ids = unique(task_ids);
      const family = await this.repository.lockHierarchy(tx, ids);
      const byId = new Map(family.map((task) => [task.id, task]));
      const named = ids
        .map((id) => byId.get(id))
        .filter((task) => task && matches<TaskAttributes>(task, visibleTasks(actor))) as Task[];
      if (named.length < ids.length) throw TaskProblem.some_tasks_not_found();
      named.forEach((task) => this.assertAllowed(tx, editableTasks, actor, task, undefined, taskLabelFor(actor, task)));
      const wanted = new Map(ids.map((id) => [id, status] as const));
      const { cascades } = this.repository.resolveCascadeOrThrow(actor, family, wanted);
      this.assertCascadesAllowed(tx, actor, family, cascades);
      await this.repository.applyStatuses(tx, named, wanted, false);
      await this.repository.applyStatuses(tx, family, cascades, true);
      return ids.length;
    });
  }

  private async insert(tx: AuditedTransaction, actor: Actor, given: NewTask): Promise<Written> {
    const status = given.status ?? 'pending';
    const times = { createdAt: tx.now, updatedAt: tx.now };
    const critical = criticalGivenBy(actor, undefined, given.priority);
    const row = { ...columns(given), ...critical, ...statusPatch(status, tx.now), creatorId: actor.id, ...times };
    const asItWillBe = { assigneeId: given.assigned_to, priority: given.priority ?? 'medium' };
    this.assertAllowed(tx, creatableTasks, actor, asItWillBe, () =>
      TaskProblem.reassignment_not_allowed('You may create tasks for yourself only'),
    );
    await this.assertTagsExist(tx, given);
    const family = given.parent_task ? await this.repository.lockHierarchy(tx, [given.parent_task]) : [];
    this.assertParentVisible(actor, family, given.parent_task);
    const arriving = { id: 0, title: given.title, status, parentId: given.parent_task ?? null } as Task;
    await this.applyCascadeOfNewTask(tx, actor, family, arriving);
    const tags = unique(given.tags ?? []);
    const inserted = tx.insert(Task, [row], { also: () => tagChange([], tags), returning: ASSIGNEE_STATE });
    const [task] = (await withAssignee(given, inserted)) as [Task];
    assertAssigneeActive(task);
    setTags(tx, task.id, tags, false);
    tx.emit('task.created', { taskId: task.id, actorId: actor.id });
    return { id: task.id, names: await this.serializer.namesWithin(tx, [actor.id, given.assigned_to]) };
  }

  private async patch(
    tx: AuditedTransaction,
    actor: Actor,
    id: number,
    patch: TaskPatch,
    condition?: VersionCondition,
  ): Promise<Written> {
    const family = await this.lockFor(tx, id, patch);
    const task = this.findEditableOrThrow(tx, actor, family, id);
    assertMatches(condition, task);
    const asItWillBe = { ...task, ...columns(patch) };
    this.assertAllowed(tx, assignableTasks, actor, asItWillBe, TaskProblem.reassignment_not_allowed);
    await this.assertTagsExist(tx, patch);
    if (patch.parent_task !== undefined) this.checkParent(actor, family, task, patch.parent_task);
    await this.cascade(tx, actor, family, task, asItWillBe);
    await this.save(tx, task, patch);
    return { id, names: await this.serializer.namesWithin(tx, [task.creatorId, asItWillBe.assigneeId]) };
  }

  /** A change of place or status concerns the family; any other, the task alone. */
  private lockFor(tx: AuditedTransaction, id: number, { status, parent_task }: TaskPatch): Promise<Task[]> {
    if (status === undefined && parent_task === undefined) return this.repository.lock(tx, [id]);
    return this.repository.lockHierarchy(tx, parent_task ? [id, parent_task] : [id]);
  }

  private findEditableOrThrow(tx: AuditedTransaction, actor: Actor, locked: readonly Task[], id: number): Task {
    const task = locked.find((row) => row.id === id);
    if (!task || !matches<TaskAttributes>(task, visibleTasks(actor))) throw taskNotFound(id);
    this.assertAllowed(tx, editableTasks, actor, task);
    return task;
  }

  /** @param never what to say where the actor may do so with other tasks, at any time */
  private assertAllowed(
    tx: AuditedTransaction,
    rule: Policy<TaskAttributes>,
    actor: Actor,
    task: TaskAttributes,
    never?: () => Problem,
    name?: string,
  ): void {
    if (matches(task, rule(actor))) return;
    const problem = explainCriticalException(actor, task, explainDenial(rule, actor, this.calendar, tx.now, task));
    if (never && problem.code === 'not_yours') throw never();
    throw name ? problem.forRecord(name) : problem;
  }

  /** What changes with a task is judged by the hour as well, whoever it is of. */
  private assertCascadesAllowed(
    tx: AuditedTransaction,
    actor: Actor,
    hierarchy: readonly Task[],
    cascades: ReadonlyMap<number, Status>,
  ): void {
    for (const task of hierarchy.filter(({ id }) => cascades.has(id)))
      this.assertAllowed(
        tx,
        cascadingTasks,
        actor,
        { ...task, assigneeId: actor.id },
        undefined,
        taskLabelFor(actor, task),
      );
  }

  private checkParent(actor: Actor, hierarchy: readonly Task[], task: Task, parentId: number | null): void {
    // Sent back as it was read: it stays, even if the actor may not see it.
    if (parentId === task.parentId) return;
    this.assertParentVisible(actor, hierarchy, parentId);
    if (parentId !== null && subtree(hierarchy, task.id).some(({ id }) => id === parentId)) {
      throw TaskProblem.task_cycle(
        parentId === task.id
          ? 'A task cannot be its own parent'
          : `Task ${parentId} is below task ${task.id}, so it cannot be its parent`,
      );
    }
  }

  /** A parent that the actor may not see is not there. */
  private assertParentVisible(actor: Actor, hierarchy: readonly Task[], parentId: number | null | undefined): void {
    if (!parentId) return;
    const parent = hierarchy.find(({ id }) => id === parentId);
    if (!parent || !matches<TaskAttributes>(parent, visibleTasks(actor))) {
      throw TaskProblem.parent_not_found(`Parent task ${parentId} not found`);
    }
  }

  /** What a task that becomes part of a family does to it. */
  private async applyCascadeOfNewTask(
    tx: AuditedTransaction,
    actor: Actor,
    hierarchy: readonly Task[],
    task: Task,
  ): Promise<void> {
    const { cascades } = this.repository.resolveCascadeOrThrow(
      actor,
      [...hierarchy, task],
      new Map([[task.id, task.status]]),
      new Set([task.id]),
    );
    this.assertCascadesAllowed(tx, actor, hierarchy, cascades);
    await this.repository.applyStatuses(tx, hierarchy, cascades, true);
  }

  private async cascade(
    tx: AuditedTransaction,
    actor: Actor,
    hierarchy: readonly Task[],
    task: Task,
    afterUpdate: Task,
  ): Promise<void> {
    const relinked = hierarchy.map((row) => (row.id === task.id ? { ...task, parentId: afterUpdate.parentId } : row));
    const arrived = new Set(task.parentId === afterUpdate.parentId ? [] : [task.id]);
    const { cascades } = this.repository.resolveCascadeOrThrow(
      actor,
      relinked,
      new Map<number, Status>([[task.id, afterUpdate.status]]),
      arrived,
    );
    this.assertCascadesAllowed(tx, actor, hierarchy, cascades);
    await this.repository.applyStatuses(tx, hierarchy, cascades, true);
  }

  private async save(tx: AuditedTransaction, task: Task, patch: TaskPatch): Promise<void> {
    const tags = patch.tags && unique(patch.tags);
    const before = tags && (await this.tagsOf(tx, task.id));
    const changed = patch.status && patch.status !== task.status ? statusPatch(patch.status, tx.now) : {};
    const also = tags && before ? { also: () => tagChange(before, tags) } : {};
    const isReassigned = patch.assigned_to !== undefined && patch.assigned_to !== task.assigneeId;
    const note = { ...also, ...(isReassigned && { returning: ASSIGNEE_STATE }) };
    const values = { ...columns(patch), ...criticalGivenBy(tx.principal, task, patch.priority), ...changed };
    const after = await withAssignee(patch, tx.update(Task, [task], values, note));
    if (isReassigned) after.forEach(assertAssigneeActive);
    if (tags) setTags(tx, task.id, tags, true);
    this.repository.recordChanges(tx, [task], after);
  }

  /** @throws Problem 404 naming the first tag that is not there */
  private async assertTagsExist(tx: AuditedTransaction, { tags }: TaskPatch): Promise<void> {
    if (!tags?.length) return;
    const [missing] = await tx.query<{ tag: number | null }>(sql`SELECT min(wanted) AS tag
      FROM unnest(${tags}::int[]) wanted WHERE NOT EXISTS (SELECT FROM tags WHERE id = wanted)`);
    if (missing?.tag) throw TaskProblem.tag_not_found(`Tag ${missing.tag} not found`);
  }

  private async tagsOf(tx: AuditedTransaction, id: number): Promise<number[]> {
    return (
      await tx.query<{ tag_id: number }>(sql`SELECT tag_id FROM task_tags WHERE task_id = ${id} ORDER BY tag_id`)
    ).map(({ tag_id }) => tag_id);
  }
}

function setTags(tx: AuditedTransaction, id: number, tags: readonly number[], replace: boolean): void {
  if (replace) tx.enqueue(sql`DELETE FROM task_tags WHERE task_id = ${id} AND tag_id <> ALL(${tags}::int[])`);
  if (tags.length === 0) return;
  const adding = sql`INSERT INTO task_tags (task_id, tag_id) SELECT ${id}, unnest(${tags}::int[]) ON CONFLICT DO NOTHING`;
  // Asked before, but one may have been deleted since.
  tx.enqueue(adding, undefined, (error) =>
    isForeignKeyViolation(error, 'task_tags_tag_id_fkey')
      ? TaskProblem.tag_not_found(`A tag of ${tags.join(', ')} was deleted`)
      : error,
  );
}

async function readBack(tx: AuditedTransaction, { id, names }: Written): Promise<{ row: RawRow; names: Names }> {
  return { row: (await tx.queryRaw(taskById(id)))[0] as RawRow, names };
}

/** The fields of a body as properties of the entity; those left out stay out. */
function columns(body: TaskPatch): Partial<Task> {
  const { title, description, priority, status, deadline } = body;
  const given = {
    ...{ title, description, status, priority, deadline },
    ...{ estimatedHours: body.estimated_hours, actualHours: body.actual_hours },
    ...{ assigneeId: body.assigned_to, parentId: body.parent_task },
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function tagChange(before: readonly number[], after: readonly number[]): Changes {
  return before.join() === after.join() ? {} : { tags: [before, after] };
}

const unique = (ids: readonly number[]): number[] => [...new Set(ids)].sort((a, b) => a - b);

/** @throws Problem 412 where a condition does not name the version of the task */
function assertMatches(condition: VersionCondition | undefined, { id, version }: Task): void {
  if (!condition || condition.versions.includes(version)) return;
  const foreign = foreignTags(condition);
  const extras = { current_version: version, headers: { ETag: tagOf(version) } };
  if (foreign) throw CoreProblem.unknown_entity_tag(foreign, extras);
  const detail = `Task ${id} has changed since you read it: it is at version ${version} now. Read it again`;
  throw TaskProblem.stale_version(detail, extras);
}
