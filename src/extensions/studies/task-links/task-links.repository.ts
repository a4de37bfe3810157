import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { type ProblemKind } from '../../../core/http/problem.js';
import { StudyProblem } from '../studies.problems.js';
import { TaskLink } from './task-link.entity.js';

/** Tables of the records that tasks follow, by the type in `origin`. */
const ORIGINS: Readonly<Record<string, readonly [string, ProblemKind]>> = {
  site: ['study_sites', StudyProblem.site_not_found],
  monitoring_visit: ['monitoring_visits', StudyProblem.monitoring_visit_not_found],
  deviation: ['protocol_deviations', StudyProblem.deviation_not_found],
  milestone: ['study_milestones', StudyProblem.milestone_not_found],
  training: ['study_trainings', StudyProblem.training_not_found],
};

/** Statements on the links of tasks to studies. */
@Injectable()
export class TaskLinksRepository {
  async lock(tx: AuditedTransaction, taskId: number): Promise<TaskLink | undefined> {
    const [link] = await tx.lockWhere(TaskLink, sql`task_id = ${taskId}`);
    return link;
  }

  /** Keeps a task from being handed to someone else until the end of the transaction. */
  async assigneeOf(tx: AuditedTransaction, taskId: number): Promise<number> {
    const [task] = await tx.query<{ assigneeId: number }>(
      sql`SELECT assigned_to_id AS "assigneeId" FROM tasks WHERE id = ${taskId} FOR SHARE`,
    );
    return task?.assigneeId ?? 0;
  }

  /** @throws Problem 404 where a record such as `monitoring_visit:7` is none of the study */
  async assertOrigin(tx: AuditedTransaction, studyId: number, origin: string): Promise<void> {
    const [type = '', id] = origin.split(':');
    const [table, notFound] = ORIGINS[type] ?? [];
    const rows = table
      ? await tx.query(sql`SELECT FROM ${raw(table)} WHERE id = ${Number(id)} AND study_id = ${studyId}`)
      : [];
    if (rows.length === 0)
      throw notFound?.(`There is no ${origin} in study ${studyId}`) ?? StudyProblem.study_not_found();
  }
}
