import { Injectable } from '@nestjs/common';
import sql, { join } from 'sql-template-tag';
import { type Actor } from '../../../core/authorization/actor.js';
import { type VersionedJson } from '../../../core/http/entity-tags.js';
import { jsonString, pgTimestamp, rawJson, RowSerializer, unescapedString } from '../../../core/http/row-serializer.js';
import { type RawRow } from '../../../core/http/row-serializer.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { Database } from '../../../infrastructure/database/database.js';
import { inFilter } from '../../../infrastructure/database/sql-filters.js';
import { type TaskSubset } from '../../../tasks/list/task-subset.sql.js';
import { StudyRecordsQueries, versioned } from '../records/study-records.queries.js';
import { accessJoins, visibleTo } from '../records/study-access.sql.js';
import { StudyProblem } from '../studies.problems.js';
import { type StudyTaskFilter, type TaskLinkView } from './task-links.dto.js';

const VIEW = new RowSerializer<TaskLinkView>({
  task_id: [sql`r.task_id`, rawJson],
  study_id: [sql`r.study_id`, rawJson],
  site_id: [sql`r.site_id`, rawJson],
  kind: [sql`r.kind`, unescapedString],
  origin: [sql`r.origin`, jsonString],
  version: [sql`r.version`, rawJson],
  created_at: [sql`r.created_at`, pgTimestamp],
  updated_at: [sql`r.updated_at`, pgTimestamp],
});

/** Reads the links of tasks to studies. */
@Injectable()
export class TaskLinksQueries {
  constructor(
    private readonly database: Database,
    private readonly records: StudyRecordsQueries,
  ) {}

  /** Reads the link of a task that the actor sees. @throws Problem 404 `task_not_linked` */
  async readOrThrow(actor: Actor, taskId: number): Promise<VersionedJson<TaskLinkView>> {
    const [row] = await this.database.queryRaw(sql`SELECT ${VIEW.columns} FROM study_task_links r
        JOIN studies s ON s.id = r.study_id ${accessJoins(actor.id, this.records.today, sql`r.site_id`)}
      WHERE r.task_id = ${taskId} AND (${visibleTo(actor)}
        OR EXISTS (SELECT FROM tasks t WHERE t.id = r.task_id AND t.assigned_to_id = ${actor.id}))`);
    if (!row) throw StudyProblem.task_not_linked(`Task ${taskId} belongs to no study`);
    return versioned(VIEW, row, false);
  }

  /** Reads a link in the transaction that wrote it. */
  async readBack(tx: AuditedTransaction, taskId: number): Promise<VersionedJson<TaskLinkView>> {
    const [row] = await tx.queryRaw(sql`SELECT ${VIEW.columns} FROM study_task_links r WHERE r.task_id = ${taskId}`);
    return versioned(VIEW, row as RawRow, false);
  }

  /** Returns the tasks of a study as a part of all tasks, for the list of tasks. */
  tasksOf(studyId: number, { kind, site_id }: StudyTaskFilter): TaskSubset {
    const conditions = join(
      [sql`l.study_id = ${studyId}`, ...inFilter('l.kind', kind, 'text'), ...inFilter('l.site_id', site_id, 'int')],
      ' AND ',
    );
    return {
      name: `tasks of study ${studyId}`,
      condition: sql`t.id IN (SELECT l.task_id FROM study_task_links l WHERE ${conditions})`,
    };
  }
}
