import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor } from '../../../core/authorization/actor.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { DEVIATIONS } from '../deviations/deviation-kind.sql.js';
import { MILESTONES } from '../milestones/milestone-kind.sql.js';
import { MONITORING_VISITS } from '../monitoring-visits/monitoring-visit-kind.sql.js';
import { dayOf } from '../records/columns.js';
import { type RecordSource } from '../records/record-kind.js';
import { recordsFrom } from '../records/study-records.queries.js';
import { visibleTo } from '../records/study-access.sql.js';
import { SITES } from '../sites/site-kind.sql.js';
import { StudyProblem } from '../studies.problems.js';
import { TRAININGS } from '../training/training-kind.sql.js';
import { TaskLink } from './task-link.entity.js';

/** Kinds of the records that tasks follow, by the type in `origin`. */
const ORIGINS: Readonly<Record<string, RecordSource & Pick<typeof SITES, 'notFound'>>> = {
  site: SITES,
  monitoring_visit: MONITORING_VISITS,
  deviation: DEVIATIONS,
  milestone: MILESTONES,
  training: TRAININGS,
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

  /** @throws Problem 404 where a record such as `monitoring_visit:7` is none of the study, or one that the actor does not see */
  async assertOrigin(tx: AuditedTransaction, actor: Actor, studyId: number, origin: string): Promise<void> {
    const [type = '', id] = origin.split(':');
    const kind = ORIGINS[type];
    const rows = kind
      ? await tx.query(sql`SELECT FROM ${recordsFrom(kind, actor.id, dayOf(tx.now))}
          WHERE r.id = ${Number(id)} AND r.study_id = ${studyId} AND ${visibleTo(actor)}`)
      : [];
    if (rows.length === 0)
      throw kind?.notFound(`There is no ${origin} in study ${studyId}`) ?? StudyProblem.study_not_found();
  }
}
