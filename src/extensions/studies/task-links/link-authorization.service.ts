import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { StudyAccessRepository } from '../records/study-access.repository.js';
import { StudyAuthorizationService } from '../records/study-authorization.service.js';
import { linkableTasks } from '../study.policy.js';
import { StudyProblem } from '../studies.problems.js';
import { type TaskLink } from './task-link.entity.js';
import { TaskLinksRepository } from './task-links.repository.js';

/** Asserts that a task may leave one study and join another. */
@Injectable()
export class LinkAuthorizationService {
  constructor(
    private readonly authorization: StudyAuthorizationService,
    private readonly access: StudyAccessRepository,
    private readonly repository: TaskLinksRepository,
  ) {}

  async assertLeaves(tx: AuditedTransaction, actor: Actor, { studyId, siteId, taskId }: TaskLink): Promise<void> {
    const hidden = () => StudyProblem.task_not_linked(`Task ${taskId} belongs to no study`);
    await this.authorization.assertChangeable(tx, actor, linkableTasks, studyId, siteId, hidden);
  }

  async assertJoins(tx: AuditedTransaction, actor: Actor, link: TaskLink): Promise<void> {
    const { studyId, siteId, origin } = link;
    const hidden = () => StudyProblem.site_not_found(`Site ${siteId} not found in study ${studyId}`);
    await this.authorization.assertChangeable(tx, actor, linkableTasks, studyId, siteId, hidden);
    if (siteId !== null && !(await this.access.hasSite(tx, studyId, siteId))) throw hidden();
    if (origin) await this.repository.assertOrigin(tx, actor, studyId, origin);
    await this.access.assertAssignable(tx, studyId, siteId, await this.repository.assigneeOf(tx, link.taskId));
  }
}
