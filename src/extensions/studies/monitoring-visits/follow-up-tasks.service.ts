import { Injectable } from '@nestjs/common';
import { type Actor } from '../../../core/authorization/actor.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { TasksService } from '../../../tasks/tasks.service.js';
import { StudyAccessRepository } from '../records/study-access.repository.js';
import { TaskLink } from '../task-links/task-link.entity.js';
import { type MonitoringVisit } from './monitoring-visit.entity.js';

const DAY_MS = 86_400_000;

/** Creates the tasks that follow a monitoring visit, by the templates of its study. */
@Injectable()
export class FollowUpTasksService {
  constructor(
    private readonly tasks: TasksService,
    private readonly access: StudyAccessRepository,
  ) {}

  /** Gives the monitor a task for each template of the visit's type, in the transaction that plans the visit. */
  async create(tx: AuditedTransaction, actor: Actor, visit: MonitoringVisit): Promise<void> {
    const templates = await this.access.followUpTemplates(tx, visit.studyId);
    for (const { title, priority, estimated_hours, due_days, kind } of templates.filter(
      ({ visit_type }) => visit_type === visit.type,
    )) {
      const deadline = new Date(Date.parse(`${visit.plannedDate}T17:00:00Z`) + due_days * DAY_MS);
      const body = { title, priority, estimated_hours, deadline, assigned_to: visit.monitorId };
      const taskId = await this.tasks.createWithin(tx, actor, body);
      await tx.insert(TaskLink, [
        {
          taskId,
          studyId: visit.studyId,
          siteId: visit.siteId,
          kind,
          origin: `monitoring_visit:${visit.id}`,
          createdAt: tx.now,
          updatedAt: tx.now,
        },
      ]);
    }
  }
}
