import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { dayOf } from '../records/columns.js';
import { isActiveMember } from '../records/study-access.repository.js';

/** A task that its study does not allow to be changed, or to have its assignee. */
export interface RefusedTask {
  readonly taskId: number;
  readonly studyId: number;
  readonly assigneeId: number;
  readonly locked: boolean;
}

/** Reads what studies say of the tasks of a transaction. */
@Injectable()
export class LinkedTasksRepository {
  async isAnyStudyRestricted(tx: AuditedTransaction): Promise<boolean> {
    const restricted = await tx.query(sql`SELECT FROM studies WHERE locked_at IS NOT NULL OR access <> 'open' LIMIT 1`);
    return restricted.length > 0;
  }

  /** @returns the tasks of locked studies first, then those whose assignee is no member, by task */
  findRefused(tx: AuditedTransaction, taskIds: readonly number[]): Promise<RefusedTask[]> {
    const covered = isActiveMember(sql`t.assigned_to_id`, sql`s.id`, sql`l.site_id`, sql`${dayOf(tx.now)}::date`);
    return tx.query<RefusedTask>(sql`SELECT l.task_id AS "taskId", s.id AS "studyId", t.assigned_to_id AS "assigneeId",
        s.locked_at IS NOT NULL AS locked
      FROM study_task_links l JOIN studies s ON s.id = l.study_id JOIN tasks t ON t.id = l.task_id
      WHERE l.task_id = ANY(${taskIds}::int[]) AND (s.locked_at IS NOT NULL OR s.access = 'members' AND NOT ${covered})
      ORDER BY locked DESC, l.task_id`);
  }
}
