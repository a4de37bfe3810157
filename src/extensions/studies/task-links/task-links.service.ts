import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { foreignTags, type VersionCondition, type VersionedJson } from '../../../core/http/entity-tags.js';
import { CoreProblem } from '../../../core/http/problem.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../../core/persistence/unit-of-work.js';
import { columnsOf } from '../records/columns.js';
import { assertVersionMatches } from '../../../audit/record-history/version-precondition.js';
import { versionedRecord } from '../records/versioned-record.js';
import { StudyProblem } from '../studies.problems.js';
import { LinkAuthorizationService } from './link-authorization.service.js';
import { TaskLink } from './task-link.entity.js';
import { TaskLinksQueries } from './task-links.queries.js';
import { TaskLinksRepository } from './task-links.repository.js';
import { type NewTaskLink, type TaskLinkView } from './task-links.dto.js';

/** Links tasks to the studies that they belong to. */
@Injectable()
export class TaskLinksService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: TaskLinksRepository,
    private readonly queries: TaskLinksQueries,
    private readonly authorization: LinkAuthorizationService,
  ) {}

  /** @throws Problem 404 `task_not_found`, `study_not_found`, `site_not_found`; 409 `study_locked`, `assignee_not_a_member`; 412 */
  put(
    actor: Actor,
    taskId: number,
    body: NewTaskLink,
    condition?: VersionCondition,
  ): Promise<VersionedJson<TaskLinkView>> {
    return this.unitOfWork.run(
      actor,
      async (tx) => {
        await this.repository.lockTask(tx, actor, taskId);
        const before = await this.repository.lock(tx, taskId);
        if (before) await this.assertLeaves(tx, actor, before, condition);
        else assertNewIsMeant(taskId, condition);
        const link = { siteId: null, origin: null, ...columnsOf<TaskLink>(body), taskId } as TaskLink;
        await this.authorization.assertJoins(tx, actor, link);
        if (before) await tx.update(TaskLink, [before], link);
        else await this.insert(tx, link);
      },
      (tx) => this.queries.readBack(tx, taskId),
    );
  }

  /** @throws Problem 404 `task_not_found`, `task_not_linked`; 409 `study_locked` */
  async delete(actor: Actor, taskId: number, condition?: VersionCondition): Promise<void> {
    await this.unitOfWork.run(actor, async (tx) => {
      await this.repository.lockTask(tx, actor, taskId);
      const link = await this.repository.lock(tx, taskId);
      if (!link) throw StudyProblem.task_not_linked(`Task ${taskId} belongs to no study`);
      await this.assertLeaves(tx, actor, link, condition);
      await tx.remove(TaskLink, [link]);
    });
  }

  private async insert(tx: AuditedTransaction, link: TaskLink): Promise<void> {
    const version = await this.repository.nextVersion(tx, link.taskId);
    await tx.insert(TaskLink, [{ ...link, version, createdAt: tx.now, updatedAt: tx.now }]);
  }

  /** Judges the actor before the version, whose problem says who changed what. */
  private async assertLeaves(
    tx: AuditedTransaction,
    actor: Actor,
    link: TaskLink,
    condition?: VersionCondition,
  ): Promise<void> {
    await this.authorization.assertLeaves(tx, actor, link);
    await assertVersionMatches(tx, condition, versionedRecord(TaskLink, `The link of task ${link.taskId}`, link));
  }
}

/** @throws Problem 412 where `If-Match` names a version of a link that is gone, or no tag of this API */
function assertNewIsMeant(taskId: number, condition?: VersionCondition): void {
  if (!condition) return;
  const foreign = foreignTags(condition);
  if (foreign) throw CoreProblem.unknown_entity_tag(foreign);
  throw CoreProblem.stale_version(`The link of task ${taskId} that you read is gone: the task belongs to no study now`);
}
