import { Injectable } from '@nestjs/common';
import { assertVersionMatches } from '../audit/record-history/version-precondition.js';
import { type Actor } from '../core/authorization/actor.js';
import { type VersionCondition, type VersionedJson } from '../core/http/entity-tags.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { TaskSerializer } from './list/task-serializer.js';
import { type TaskInclude } from './permissions/task-include.dto.js';
import { TaskAuthorizationService } from './task-authorization.service.js';
import { resolveCascadeOfTaskOrThrow, taskLabelFor } from './task-cascade.js';
import { subtree } from './task-tree.js';
import { restorableTasks } from './task.policy.js';
import { type Task } from './task.entity.js';
import { versionedTask } from './task-version.js';
import { type TaskView } from './tasks.dto.js';
import { TaskProblem } from './tasks.problems.js';
import { projectionFor } from './tasks.queries.js';
import { TasksRepository } from './tasks.repository.js';

/** Brings deleted tasks back. */
@Injectable()
export class TaskRestorationService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tasks: TasksRepository,
    private readonly authorization: TaskAuthorizationService,
    private readonly serializer: TaskSerializer,
  ) {}

  /**
   * Restores a deleted task and the descendants that were deleted with it. A task that is blocked blocks its parent, as a
   * new one does.
   *
   * @throws Problem 404 `task_not_found`; 409 `task_not_deleted`, `parent_deleted`, `parent_completed`,
   * `assignee_inactive` or `task_redacted` where it cannot be; 412 where the condition does not name its version
   */
  restore(
    actor: Actor,
    id: number,
    condition: VersionCondition | undefined,
    include: TaskInclude,
  ): Promise<VersionedJson<TaskView>> {
    const projection = projectionFor(actor, include);
    return this.unitOfWork.run(
      actor,
      async (tx) => {
        const task = await this.restoreWithDescendants(tx, actor, id, condition);
        return this.serializer.namesWithin(tx, [task.creatorId, task.assigneeId]);
      },
      async (tx, names) => this.serializer.serialize(await this.tasks.readRow(tx, id, projection), names, projection),
    );
  }

  private async restoreWithDescendants(
    tx: AuditedTransaction,
    actor: Actor,
    id: number,
    condition: VersionCondition | undefined,
  ): Promise<Task> {
    const locked = await this.tasks.lockConcerned(tx, actor, { ids: [id], below: 'deleted_together' });
    const task = this.authorization.findVisibleOrThrow(actor, locked, id);
    await assertVersionMatches(tx, condition, versionedTask(task));
    const restored = deletedTogether(locked, task);
    this.authorization.assertAllAllowed(actor, tx.now, restorableTasks, restored);
    assertParentLives(actor, locked, task);
    await this.assertNotRedacted(tx, restored);
    const live = locked.filter(({ deletedAt }) => !deletedAt);
    const cascades = resolveCascadeOfTaskOrThrow(actor, live, task);
    this.authorization.assertCascadesAllowed(actor, tx.now, live, cascades);
    await this.tasks.restore(tx, restored);
    await this.tasks.applyStatuses(tx, live, cascades, true);
    return task;
  }

  /** A restored task shows its text again, so a text that was redacted since does not come back. */
  private async assertNotRedacted(tx: AuditedTransaction, tasks: readonly Task[]): Promise<void> {
    const [redacted] = await this.tasks.findRedacted(tx, tasks);
    if (!redacted) return;
    throw TaskProblem.task_redacted(
      `The ${redacted.field} of task ${redacted.id} was redacted, and restoring it would show that again: create a new task`,
    );
  }
}

/** The task and the descendants that the same change deleted. @throws Problem 409 `task_not_deleted` */
function deletedTogether(locked: readonly Task[], { id, deletedAt }: Task): Task[] {
  if (!deletedAt) throw TaskProblem.task_not_deleted(`Task ${id} is not deleted`);
  const together = locked.filter((task) => task.deletedAt?.getTime() === deletedAt.getTime());
  return subtree(together, id);
}

function assertParentLives(actor: Actor, locked: readonly Task[], { id, parentId }: Task): void {
  const parent = locked.find((task) => task.id === parentId);
  if (!parent?.deletedAt) return;
  throw TaskProblem.parent_deleted(
    `The parent of task ${id}, ${taskLabelFor(actor, parent)}, is deleted: restore that first`,
    { task_id: id, parent_id: parent.id },
  );
}
