import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type Actor } from '../../../core/authorization/actor.js';
import { inScope } from '../../../core/authorization/policy.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { TASK_COLUMNS, visibleTasks } from '../../../tasks/task.policy.js';
import { taskNotFound } from '../../../tasks/tasks.problems.js';
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

/** No client keeps a tag for as long as so many links are removed. */
const SEARCHED_REMOVALS = 1000;

/** Statements on the links of tasks to studies. */
@Injectable()
export class TaskLinksRepository {
  /**
   * Keeps a task that the actor sees from being changed or linked by others until the end of the transaction, as changes of
   * tasks do before they lock a study.
   *
   * @throws Problem 404 `task_not_found`
   */
  async lockTask(tx: AuditedTransaction, actor: Actor, taskId: number): Promise<void> {
    await tx.query(sql`SELECT FROM tasks WHERE id = ${taskId} FOR NO KEY UPDATE`);
    // A statement of its own: the one that waited for the lock judges links as they were before.
    const visible = await tx.query(sql`SELECT FROM tasks t
      WHERE t.id = ${taskId} AND t.deleted_at IS NULL AND ${inScope(visibleTasks(actor), TASK_COLUMNS)}`);
    if (visible.length === 0) throw taskNotFound(taskId);
  }

  async lock(tx: AuditedTransaction, taskId: number): Promise<TaskLink | undefined> {
    const [link] = await tx.lockWhere(TaskLink, sql`task_id = ${taskId}`);
    return link;
  }

  /** Returns the assignee of a task that is locked. */
  async assigneeOf(tx: AuditedTransaction, taskId: number): Promise<number> {
    const [task] = await tx.query<{ assigneeId: number }>(
      sql`SELECT assigned_to_id AS "assigneeId" FROM tasks WHERE id = ${taskId}`,
    );
    return task?.assigneeId ?? 0;
  }

  /**
   * Returns the version of a new link of a task, above those of its last one: a tag that a client kept of that is none of the
   * new link. The trail has no index by task, so the latest removals alone are searched.
   */
  async nextVersion(tx: AuditedTransaction, taskId: number): Promise<number> {
    const [last] = await tx.query<{ version: number }>(sql`SELECT entity_version AS version
      FROM (SELECT id, entity_version, changes FROM audit_trail WHERE action = 'study_task_link.deleted'
        ORDER BY id DESC LIMIT ${SEARCHED_REMOVALS}) removals
      WHERE changes -> 'task_id' ->> 0 = ${String(taskId)} ORDER BY id DESC LIMIT 1`);
    return (last?.version ?? 0) + 1;
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
