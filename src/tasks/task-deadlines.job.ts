import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { systemPrincipal } from '../core/authorization/actor.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { JobQueue } from '../infrastructure/jobs/job-queue.service.js';
import { TasksRepository } from './tasks.repository.js';
import { PRIORITIES, Task, type Priority } from './task.entity.js';

const ESCALATE = 'escalate-tasks';
const WARN = 'warn-of-deadlines';
const BATCH = 1000;
const HOUR_MS = 3_600_000;
const EVERY_MINUTE = '* * * * *';

const ESCALATION = systemPrincipal('escalation', 'The deadline is within 24 hours');
const WARNING = systemPrincipal('deadline warning', 'The deadline is within the hour');

/**
 * What becomes of tasks as their deadlines come near (contract, sections 3 and 5), without a request: by jobs on one
 * replica at a time, through the same door as every change. What a run misses, after downtime for instance, the next
 * one finds; what is done is marked in the same transaction, so that it happens once.
 */
@Injectable()
export class TaskDeadlines {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
    private readonly repository: TasksRepository,
  ) {
    jobs.schedule(ESCALATE, EVERY_MINUTE, () => this.escalate());
    jobs.schedule(WARN, EVERY_MINUTE, () => this.warn());
  }

  /** Moves open tasks with a deadline within 24 hours up one priority, once. @returns how many */
  private escalate(): Promise<number> {
    return this.inBatches(ESCALATE, ESCALATION, async (tx) => {
      const due = await this.lock(tx, nearing(new Date(tx.now.getTime() + 24 * HOUR_MS)));
      for (const from of PRIORITIES.slice(0, -1)) {
        const rising = due.filter(({ priority }) => priority === from);
        await this.raise(tx, rising, from, next(from));
      }
      return due.length;
    });
  }

  private async raise(tx: AuditedTransaction, tasks: readonly Task[], from: Priority, to: Priority): Promise<void> {
    const after = await tx.update(
      Task,
      tasks,
      { priority: to, criticalGivenBy: to === 'critical' ? ('system' as const) : null, priorityEscalated: true },
      { verb: 'escalated' },
    );
    this.repository.recordHistory(tx, 'priority_escalated', tasks, after);
    tasks.forEach(({ id }) => tx.emit('task.priority_escalated', { taskId: id, actorId: null, from, to }));
  }

  /** Warns of deadlines within the hour, once each; a deadline that was moved is another one. @returns how many */
  private warn(): Promise<number> {
    return this.inBatches(WARN, WARNING, async (tx) => {
      const due = await this.lock(tx, unwarned(tx.now));
      await tx.query(sql`INSERT INTO deadline_warnings (task_id, deadline, warned_at)
        SELECT id, deadline, ${tx.now} FROM tasks WHERE id = ANY(${due.map(({ id }) => id)}::int[]) ON CONFLICT DO NOTHING`);
      this.repository.recordHistory(tx, 'deadline_warning', due, due);
      due.forEach((task) => emitDeadlineNear(tx, task));
      return due.length;
    });
  }

  /** Locks a batch; what was changed meanwhile, so that the condition holds no more, is left out. */
  private async lock(tx: AuditedTransaction, condition: Sql): Promise<Task[]> {
    const found = await tx.query<{ id: number }>(
      sql`SELECT id FROM tasks WHERE ${condition} ORDER BY deadline, id LIMIT ${BATCH}`,
    );
    return tx.lock(
      Task,
      found.map(({ id }) => id),
      condition,
    );
  }

  /** A transaction a batch, so that no change by a person waits for long. */
  private async inBatches(
    job: string,
    author: typeof ESCALATION,
    work: (tx: AuditedTransaction) => Promise<number>,
  ): Promise<number> {
    for (let total = 0; ;) {
      const done = await this.unitOfWork.run(author, async (tx) =>
        (await this.jobs.tryExclusive(tx, job)) ? work(tx) : 0,
      );
      total += done;
      if (done < BATCH) return total;
    }
  }
}

const next = (priority: Priority): Priority => PRIORITIES[PRIORITIES.indexOf(priority) + 1] ?? priority;

function emitDeadlineNear(tx: AuditedTransaction, { id, version, title, deadline, updatedAt }: Task): void {
  const entity = {
    ...{ entityType: 'task', entityId: id, entityVersion: version },
    ...{ entityName: title, entityUpdatedAt: updatedAt },
  };
  tx.audit({ ...entity, action: 'task.deadline_warned', changes: { deadline_warning: [null, deadline] } });
  const minutes = Math.ceil((deadline.getTime() - tx.now.getTime()) / 60_000);
  tx.emit('task.deadline_near', { taskId: id, actorId: null, minutes });
}

const OPEN = sql`deleted_at IS NULL AND status <> 'completed'`;

/** Open tasks that can still go up; a critical one cannot, and must not come up again for ever. */
function nearing(until: Date): Sql {
  return sql`${OPEN} AND deadline <= ${until} AND NOT priority_escalated AND priority <> 'critical'`;
}

/**
 * Deadlines from a day ago, for the warnings that were missed while nothing ran, to an hour from now. A task that was
 * late when it was written down needs no warning.
 */
function unwarned(now: Date): Sql {
  const [from, until] = [new Date(now.getTime() - 24 * HOUR_MS), new Date(now.getTime() + HOUR_MS)];
  return sql`${OPEN} AND deadline > ${from} AND deadline <= ${until} AND created_at < deadline
    AND NOT EXISTS (SELECT FROM deadline_warnings w WHERE w.task_id = tasks.id AND w.deadline = tasks.deadline)`;
}
