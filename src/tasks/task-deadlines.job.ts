import { Injectable } from '@nestjs/common';
import { systemPrincipal } from '../core/authorization/actor.js';
import { auditEntryOf, auditMetadataOf, type AuditEntryDraft } from '../core/persistence/audited.decorator.js';
import { type AuditedTransaction } from '../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../core/persistence/unit-of-work.js';
import { JobQueue } from '../infrastructure/jobs/job-queue.service.js';
import { TaskDeadlinesRepository } from './task-deadlines.repository.js';
import { escalationPatch, PRIORITIES, Task, type Priority } from './task.entity.js';
import { TasksRepository } from './tasks.repository.js';

const ESCALATE = 'escalate-tasks';
const WARN = 'warn-of-deadlines';
const BATCH_SIZE = 1000;
const EVERY_MINUTE = '* * * * *';

/** Principals of the two jobs. */
export const ESCALATION = systemPrincipal('escalation', 'The deadline is within 24 hours');
export const WARNING = systemPrincipal('deadline warning', 'The deadline is within the hour');

/**
 * Escalates tasks and warns of deadlines (contract, sections 3 and 5) in jobs that run on one replica at a time. Each
 * task is marked in the transaction that changes it, so it is handled once; a later run makes up for a missed one.
 */
@Injectable()
export class TaskDeadlinesJob {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
    private readonly deadlines: TaskDeadlinesRepository,
    private readonly tasks: TasksRepository,
  ) {
    jobs.schedule(ESCALATE, EVERY_MINUTE, () => this.escalate());
    jobs.schedule(WARN, EVERY_MINUTE, () => this.warn());
  }

  /** Raises the priority of open tasks with a deadline within 24 hours by one, once. @returns how many */
  private escalate(): Promise<number> {
    return this.runInBatches(ESCALATE, ESCALATION, async (tx) => {
      const due = await this.deadlines.lockEscalatable(tx, BATCH_SIZE);
      for (const priority of PRIORITIES.slice(0, -1)) {
        await this.raisePriority(
          tx,
          due.filter((task) => task.priority === priority),
          priority,
        );
      }
      return due.length;
    });
  }

  private async raisePriority(tx: AuditedTransaction, tasks: readonly Task[], from: Priority): Promise<void> {
    const patch = escalationPatch(from);
    const after = await tx.update(Task, tasks, patch, { verb: 'escalated' });
    await this.tasks.recordHistory(tx, 'priority_escalated', tasks, after);
    tasks.forEach(({ id }) =>
      tx.emit('task.priority_escalated', { taskId: id, actorId: null, from, to: patch.priority }),
    );
  }

  /** Warns of each deadline within the hour once; a deadline that was moved is a new one. @returns how many */
  private warn(): Promise<number> {
    return this.runInBatches(WARN, WARNING, async (tx) => {
      const due = await this.deadlines.lockUnwarned(tx, BATCH_SIZE);
      await this.deadlines.markWarned(tx, due);
      await this.tasks.recordHistory(tx, 'deadline_warning', due, due);
      due.forEach((task) => warnOfDeadline(tx, task));
      return due.length;
    });
  }

  /** Runs one transaction per batch, so that no request waits for long. @returns the sum of what `work` returned */
  private async runInBatches(
    job: string,
    principal: typeof ESCALATION,
    work: (tx: AuditedTransaction) => Promise<number>,
  ): Promise<number> {
    for (let total = 0; ;) {
      const done = await this.unitOfWork.run(principal, async (tx) =>
        (await this.jobs.tryExclusive(tx, job)) ? work(tx) : 0,
      );
      total += done;
      if (done < BATCH_SIZE) return total;
    }
  }
}

function warnOfDeadline(tx: AuditedTransaction, task: Task): void {
  tx.audit(deadlineWarningEntry(task));
  tx.emit('task.deadline_near', { taskId: task.id, actorId: null, minutes: minutesUntil(task.deadline, tx.now) });
}

/** Drafts the audit entry of a warning, which changes no field of the task. */
export const deadlineWarningEntry = (task: Task): AuditEntryDraft =>
  auditEntryOf(auditMetadataOf(Task), 'deadline_warned', task, task, { deadline_warning: [null, task.deadline] });

/** Returns the minutes until a deadline, rounded up; negative where it has passed. */
export const minutesUntil = (deadline: Date, now: Date): number =>
  Math.ceil((deadline.getTime() - now.getTime()) / 60_000);
