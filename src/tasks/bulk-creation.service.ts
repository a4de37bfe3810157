import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type Actor } from '../core/authorization/actor.js';
import { Problem } from '../core/http/problem.js';
import { DtoValidationPipe } from '../core/http/validation.pipe.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { BulkOutcomes } from './bulk-outcomes.js';
import { TagsRepository } from './tags/tags.repository.js';
import { TaskAuthorizationService } from './task-authorization.service.js';
import { blockedByNewOrThrow } from './task-cascade.js';
import { type Status, type Task } from './task.entity.js';
import { TaskHierarchy } from './task-hierarchy.js';
import { attributesOf, newRow, sortedUnique, tagChange } from './task-values.js';
import { type BulkItem, type BulkMode } from './tasks.bulk.dto.js';
import { NewTask } from './tasks.dto.js';
import { assigneeInactive, assigneeNotFound, TaskProblem } from './tasks.problems.js';
import { TasksRepository } from './tasks.repository.js';

/** Values of columns that a task may leave out: rows of the same columns share a statement. */
const DEFAULTS = {
  description: '',
  priority: 'medium',
  criticalGivenBy: null,
  actualHours: null,
  parentId: null,
} as const;

/** Tasks that are validated before other requests have their turn. */
const VALIDATED_A_TURN = 100;

interface Draft {
  readonly index: number;
  readonly task: NewTask;
}

/** Records to which the tasks of a request refer, read and locked at once. */
interface References {
  readonly missingTags: ReadonlySet<number>;
  readonly assignees: ReadonlyMap<number, boolean>;
  /** The parents with their ancestors, as they are. */
  readonly hierarchy: readonly Task[];
}

/** Creates many tasks in a number of statements that does not grow with theirs. */
@Injectable()
export class BulkCreationService {
  private readonly pipe = new DtoValidationPipe();

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tasks: TasksRepository,
    private readonly tags: TagsRepository,
    private readonly authorization: TaskAuthorizationService,
  ) {}

  /**
   * Creates tasks, all or those that are allowed.
   *
   * @param dryRun rolls everything back
   * @returns one result per task; in a dry run without ids
   * @throws Problem that of the first task that fails, where all or none shall be created
   */
  async create(actor: Actor, items: readonly unknown[], mode: BulkMode, dryRun: boolean): Promise<BulkItem[]> {
    const validated = await this.validateAll(items);
    const work = (tx: AuditedTransaction) => this.insert(tx, actor, validated, mode);
    if (!dryRun) return this.unitOfWork.run(actor, work);
    return (await this.unitOfWork.rehearse(actor, work)).map((item) => ({ ...item, id: null, version: null }));
  }

  private async validateAll(items: readonly unknown[]): Promise<(NewTask | Problem)[]> {
    const validated: (NewTask | Problem)[] = [];
    for (let start = 0; start < items.length; start += VALIDATED_A_TURN) {
      if (start > 0) await nextTurn();
      const part = items.slice(start, start + VALIDATED_A_TURN);
      validated.push(...(await Promise.all(part.map((item) => this.validate(item)))));
    }
    return validated;
  }

  private async validate(item: unknown): Promise<NewTask | Problem> {
    try {
      return (await this.pipe.transform(item ?? null, { type: 'body', metatype: NewTask })) as NewTask;
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  }

  private async insert(
    tx: AuditedTransaction,
    actor: Actor,
    validated: readonly (NewTask | Problem)[],
    mode: BulkMode,
  ): Promise<BulkItem[]> {
    const outcomes = new BulkOutcomes(validated.length);
    validated.forEach((item, index) => item instanceof Problem && outcomes.fail(index, item));
    const drafts = validated.flatMap((task, index) => (task instanceof Problem ? [] : [{ index, task }]));
    const references = await this.lockReferences(tx, actor, drafts);
    const cascades = this.judge(tx, actor, drafts, references, outcomes);
    outcomes.assertComplete(mode);
    const accepted = drafts.filter(({ index }) => !outcomes.hasFailed(index));
    await this.tasks.applyStatuses(tx, references.hierarchy, cascades, true);
    const created = await this.write(tx, actor, accepted);
    created.forEach((task, i) => outcomes.succeed((accepted[i] as Draft).index, 201, task));
    return outcomes.results();
  }

  private async lockReferences(tx: AuditedTransaction, actor: Actor, drafts: readonly Draft[]): Promise<References> {
    const parents = sortedUnique(drafts.flatMap(({ task }) => task.parent_task ?? []));
    const hierarchy = await this.tasks.lockParents(tx, actor, parents);
    const [missingTags, assignees] = await Promise.all([
      this.tags.findAllMissing(tx, sortedUnique(drafts.flatMap(({ task }) => task.tags ?? []))),
      this.tasks.lockAssignees(tx, sortedUnique(drafts.map(({ task }) => task.assigned_to))),
    ]);
    return { missingTags, assignees, hierarchy };
  }

  /** Judges task by task, each on what the ones before leave. @returns the new statuses of other tasks */
  private judge(
    tx: AuditedTransaction,
    actor: Actor,
    drafts: readonly Draft[],
    references: References,
    outcomes: BulkOutcomes,
  ): ReadonlyMap<number, Status> {
    const hierarchy = new TaskHierarchy(references.hierarchy);
    const byId = new Map(references.hierarchy.map((task) => [task.id, task]));
    for (const { index, task } of drafts) {
      outcomes.judge(index, () => {
        const parent = byId.get(task.parent_task ?? 0);
        this.assertAllowed(tx, actor, task, references, parent);
        if (task.status === 'blocked' && parent) this.cascade(tx, actor, task, hierarchy);
      });
    }
    return hierarchy.cascades;
  }

  private assertAllowed(
    tx: AuditedTransaction,
    actor: Actor,
    task: NewTask,
    { missingTags, assignees }: References,
    parent: Task | undefined,
  ): void {
    this.authorization.assertCreatable(actor, tx.now, attributesOf(task));
    const missing = task.tags?.find((tag) => missingTags.has(tag));
    if (missing !== undefined) throw TaskProblem.tag_not_found(`Tag ${missing} not found`);
    this.authorization.assertParentVisible(actor, parent ? [parent] : [], task.parent_task);
    const isActive = assignees.get(task.assigned_to);
    if (isActive === undefined) throw assigneeNotFound(task.assigned_to);
    if (!isActive) throw assigneeInactive(task.assigned_to);
  }

  private cascade(tx: AuditedTransaction, actor: Actor, task: NewTask, hierarchy: TaskHierarchy<Task>): void {
    const row = { ...newRow(actor, task, tx.now), id: 0 } as Task;
    const blocked = blockedByNewOrThrow(actor, hierarchy, row);
    this.authorization.assertCascadesAllowed(actor, tx.now, blocked, new Set(blocked.map(({ id }) => id)));
    hierarchy.blockAll(blocked);
  }

  private async write(tx: AuditedTransaction, actor: Actor, drafts: readonly Draft[]): Promise<Task[]> {
    const rows = drafts.map(({ task }) => ({ ...DEFAULTS, ...newRow(actor, task, tx.now) }));
    const tagLists = drafts.map(({ task }) => sortedUnique(task.tags ?? []));
    const created = await this.tasks.insertAll(tx, rows, (i) => tagChange([], tagLists[i] ?? []));
    this.tags.attachAll(
      tx,
      created.flatMap(({ id }, i) => (tagLists[i] ?? []).map((tag) => [id, tag] as const)),
    );
    created.forEach(({ id }) => tx.emit('task.created', { taskId: id, actorId: actor.id }));
    return created;
  }
}
