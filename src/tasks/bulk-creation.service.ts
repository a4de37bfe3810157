import { Injectable } from '@nestjs/common';
import { type Actor } from '../core/authorization/actor.js';
import { Problem } from '../core/http/problem.js';
import { DtoValidationPipe } from '../core/http/validation.pipe.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { BulkOutcomes } from './bulk-outcomes.js';
import { TagsRepository } from './tags/tags.repository.js';
import { TaskAuthorizationService } from './task-authorization.service.js';
import { resolveCascadeOfTaskOrThrow } from './task-cascade.js';
import { type Status, type Task } from './task.entity.js';
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

interface Draft {
  readonly index: number;
  readonly task: NewTask;
}

/** Records to which the tasks of a request refer, read and locked at once. */
interface References {
  readonly missingTags: ReadonlySet<number>;
  readonly assignees: ReadonlyMap<number, boolean>;
  /** The parents with their hierarchies, as they are. */
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
    const validated = await Promise.all(items.map((item) => this.validate(item)));
    const work = (tx: AuditedTransaction) => this.insert(tx, actor, validated, mode);
    if (!dryRun) return this.unitOfWork.run(actor, work);
    return (await this.unitOfWork.rehearse(actor, work)).map((item) => ({ ...item, id: null, version: null }));
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
    const references = await this.lockReferences(tx, drafts);
    const cascades = this.judge(tx, actor, drafts, references, outcomes);
    outcomes.assertComplete(mode);
    const accepted = drafts.filter(({ index }) => !outcomes.hasFailed(index));
    await this.tasks.applyStatuses(tx, references.hierarchy, cascades, true);
    const created = await this.write(tx, actor, accepted);
    created.forEach((task, i) => outcomes.succeed((accepted[i] as Draft).index, 201, task));
    return outcomes.results();
  }

  private async lockReferences(tx: AuditedTransaction, drafts: readonly Draft[]): Promise<References> {
    const parents = sortedUnique(drafts.flatMap(({ task }) => task.parent_task ?? []));
    const hierarchy = parents.length > 0 ? await this.tasks.lockHierarchy(tx, parents) : [];
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
  ): Map<number, Status> {
    const all = new Map<number, Status>();
    let { hierarchy } = references;
    for (const { index, task } of drafts) {
      const cascades = outcomes.judge(index, () => {
        this.assertAllowed(tx, actor, task, references);
        return this.cascadesOf(tx, actor, task, hierarchy);
      });
      if (!cascades?.size) continue;
      cascades.forEach((status, id) => all.set(id, status));
      hierarchy = hierarchy.map((row) => ({ ...row, status: cascades.get(row.id) ?? row.status }));
    }
    return all;
  }

  private assertAllowed(tx: AuditedTransaction, actor: Actor, task: NewTask, references: References): void {
    const { missingTags, assignees, hierarchy } = references;
    this.authorization.assertCreatable(actor, tx.now, attributesOf(task));
    const missing = task.tags?.find((tag) => missingTags.has(tag));
    if (missing !== undefined) throw TaskProblem.tag_not_found(`Tag ${missing} not found`);
    this.authorization.assertParentVisible(actor, hierarchy, task.parent_task);
    const isActive = assignees.get(task.assigned_to);
    if (isActive === undefined) throw assigneeNotFound(task.assigned_to);
    if (!isActive) throw assigneeInactive(task.assigned_to);
  }

  /** Only a blocked task changes others, and only where its parent is not blocked already. */
  private cascadesOf(
    tx: AuditedTransaction,
    actor: Actor,
    task: NewTask,
    hierarchy: readonly Task[],
  ): ReadonlyMap<number, Status> {
    const parent = hierarchy.find(({ id }) => id === task.parent_task);
    if (task.status !== 'blocked' || !parent || parent.status === 'blocked') return new Map();
    const row = { ...newRow(actor, task, tx.now), id: 0, parentId: parent.id } as Task;
    const cascades = resolveCascadeOfTaskOrThrow(actor, hierarchy, row);
    this.authorization.assertCascadesAllowed(actor, tx.now, hierarchy, cascades);
    return cascades;
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
