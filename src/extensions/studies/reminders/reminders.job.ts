import { Injectable } from '@nestjs/common';
import { systemPrincipal } from '../../../core/authorization/actor.js';
import { type AuditedTransaction } from '../../../core/persistence/audited-transaction.js';
import { UnitOfWork } from '../../../core/persistence/unit-of-work.js';
import { JobQueue } from '../../../infrastructure/jobs/job-queue.service.js';
import { StudiesSettings } from '../studies.settings.js';
import { RemindersRepository } from './reminders.repository.js';

const JOB = 'remind-members-of-studies';
const BATCH = 2000;
/** Days change at midnight, and records at any time. */
const HOURLY = '5 * * * *';
const REMINDERS = systemPrincipal('study reminders');

type Batch = (tx: AuditedTransaction) => Promise<number>;

/**
 * Reminds members of reports that are late, deviations that are overdue and trainings that end: on one replica at a time,
 * one transaction per batch, and of each fact once, so that a later run makes up for a missed one.
 */
@Injectable()
export class RemindersJob {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
    private readonly reminders: RemindersRepository,
    private readonly settings: StudiesSettings,
  ) {
    jobs.schedule(JOB, HOURLY, () => this.remind());
  }

  /** @returns the number of reminders */
  private async remind(): Promise<number> {
    const { reportDueDays, trainingNoticeDays } = this.settings;
    const reports = await this.inBatches((tx) => this.reminders.remindOfReports(tx, reportDueDays, BATCH));
    const deviations = await this.inBatches((tx) => this.reminders.remindOfDeviations(tx, BATCH));
    return (
      reports +
      deviations +
      (await this.inBatches((tx) => this.reminders.remindOfTrainings(tx, trainingNoticeDays, BATCH)))
    );
  }

  private async inBatches(work: Batch): Promise<number> {
    for (let total = 0; ;) {
      const done = await this.unitOfWork.run(REMINDERS, async (tx) =>
        (await this.jobs.tryExclusive(tx, JOB)) ? work(tx) : 0,
      );
      total += done;
      if (done < BATCH) return total;
    }
  }
}
