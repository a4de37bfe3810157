import { Injectable } from '@nestjs/common';
import sql from 'sql-template-tag';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { dayOf } from '../records/columns.js';
import { coveringMembership, isActiveMember } from '../records/study-access.repository.js';
import { accessJoins } from '../records/study-access.sql.js';
import { type StudyAttributes } from '../study.policy.js';

/** A task that its study does not allow to be changed, or to have its assignee; with what the study itself is judged by. */
export interface RefusedTask extends StudyAttributes {
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

  /**
   * Has the transaction fail with a serialization failure, after which it is repeated, where a study of the tasks is
   * restricted after all.
   */
  enqueueUnrestrictedAssertion(tx: AuditedTransaction, taskIds: readonly number[], onFailure: () => void): void {
    tx.enqueue(sql`SELECT assert_tasks_unrestricted(${taskIds}::int[])`, undefined, (error) => {
      onFailure();
      return error;
    });
  }

  /**
   * Keeps the memberships that cover the assignees of the tasks from being ended until the end of the transaction. A statement of
   * its own: `findRefused` has to read what was waited for.
   */
  async holdMemberships(tx: AuditedTransaction, taskIds: readonly number[]): Promise<void> {
    const today = sql`${dayOf(tx.now)}::date`;
    const covers = coveringMembership(sql`t.assigned_to_id`, sql`l.study_id`, sql`l.site_id`, today);
    await tx.query(sql`SELECT FROM study_task_links l JOIN tasks t ON t.id = l.task_id JOIN study_members m ON ${covers}
      WHERE l.task_id = ANY(${taskIds}::int[]) ORDER BY m.id FOR KEY SHARE OF m`);
  }

  /**
   * Keeps the studies of the tasks from being locked until the end of the transaction.
   *
   * @returns the tasks of locked studies first, then those whose assignee is no member, by task
   */
  findRefused(tx: AuditedTransaction, taskIds: readonly number[]): Promise<RefusedTask[]> {
    const today = dayOf(tx.now);
    const covered = isActiveMember(sql`t.assigned_to_id`, sql`s.id`, sql`l.site_id`, sql`${today}::date`);
    // The rows of `held` are those after a lock that was waited for; the snapshot of the statement has those before.
    return tx.query<RefusedTask>(sql`WITH held AS MATERIALIZED (SELECT s.id, s.locked_at, s.access FROM studies s
        WHERE s.id IN (SELECT study_id FROM study_task_links WHERE task_id = ANY(${taskIds}::int[]))
        ORDER BY s.id FOR SHARE OF s)
      SELECT l.task_id AS "taskId", s.id AS "studyId", t.assigned_to_id AS "assigneeId",
        s.locked_at IS NOT NULL AS locked, s.access, me.membership
      FROM study_task_links l JOIN held s ON s.id = l.study_id JOIN tasks t ON t.id = l.task_id
        ${accessJoins(tx.principal.id ?? 0, today, undefined)}
      WHERE l.task_id = ANY(${taskIds}::int[]) AND (s.locked_at IS NOT NULL OR s.access = 'members' AND NOT ${covered})
      ORDER BY locked DESC, l.task_id`);
  }
}
