import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { Task } from './task.entity.js';

const HOUR_MS = 3_600_000;
const OPEN = sql`deleted_at IS NULL AND status <> 'completed'`;

/** Finds tasks whose deadlines are near, and keeps which deadlines were warned of (`deadline_warnings`). */
@Injectable()
export class TaskDeadlinesRepository {
  /** Locks up to `limit` tasks to escalate: open, not escalated yet, with a deadline within 24 hours. */
  lockEscalatable(tx: AuditedTransaction, limit: number): Promise<Task[]> {
    const until = new Date(tx.now.getTime() + 24 * HOUR_MS);
    // A critical task cannot rise, so it would come up again in every run.
    const condition = sql`${OPEN} AND deadline <= ${until} AND NOT priority_escalated AND priority <> 'critical'`;
    return this.lockBatch(tx, condition, limit);
  }

  /**
   * Locks up to `limit` tasks to warn of: open, not warned of yet, with a deadline from a day ago (for warnings missed
   * during a downtime) to an hour from now. A task created after its deadline needs no warning.
   */
  lockUnwarned(tx: AuditedTransaction, limit: number): Promise<Task[]> {
    const from = new Date(tx.now.getTime() - 24 * HOUR_MS);
    const until = new Date(tx.now.getTime() + HOUR_MS);
    const condition = sql`${OPEN} AND deadline > ${from} AND deadline <= ${until} AND created_at < deadline
    AND NOT EXISTS (SELECT FROM deadline_warnings w WHERE w.task_id = tasks.id AND w.deadline = tasks.deadline)`;
    return this.lockBatch(tx, condition, limit);
  }

  /** Marks the present deadlines of tasks as warned of. */
  async markWarned(tx: AuditedTransaction, tasks: readonly Task[]): Promise<void> {
    await tx.query(sql`INSERT INTO deadline_warnings (task_id, deadline, warned_at)
        SELECT id, deadline, ${tx.now} FROM tasks WHERE id = ANY(${tasks.map(({ id }) => id)}::int[]) ON CONFLICT DO NOTHING`);
  }

  /** The lock repeats the condition: another transaction may have changed a task between the two statements. */
  private async lockBatch(tx: AuditedTransaction, condition: Sql, limit: number): Promise<Task[]> {
    const found = await tx.query<{ id: number }>(
      sql`SELECT id FROM tasks WHERE ${condition} ORDER BY deadline, id LIMIT ${limit}`,
    );
    const ids = found.map(({ id }) => id);
    return tx.lock(Task, ids, condition);
  }
}
