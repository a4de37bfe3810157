import { Injectable, Logger } from '@nestjs/common';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { RedactionAppliance } from './redaction-appliance.service.js';
import { RedactionsRepository } from './redactions.repository.js';

const JOB = 'apply-redactions';

/** Applies redactions that were approved before their request had been sealed for the configured delay. */
@Injectable()
export class DelayedRedactions {
  private readonly logger = new Logger('Redactions');

  constructor(
    jobs: JobQueue,
    private readonly redactions: RedactionsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly appliance: RedactionAppliance,
  ) {
    jobs.schedule(JOB, '* * * * *', () => this.applyDue());
  }

  private async applyDue(): Promise<number> {
    let applied = 0;
    for (const { id, reason } of await this.redactions.findDue())
      try {
        applied += await this.unitOfWork.run(systemPrincipal(JOB, reason), (tx) => this.applyOne(tx, id));
      } catch (error) {
        // One that the database rejects, such as a forged one, must not hold up the others.
        this.logger.error({ msg: 'An approved redaction was not applied', redaction: id, err: error });
      }
    return applied;
  }

  private async applyOne(tx: AuditedTransaction, id: number): Promise<number> {
    const redaction = await this.redactions.lockUnapplied(tx, id);
    // Another replica may have applied it, or a user declined it, since it was found.
    if (!redaction) return 0;
    await this.appliance.apply(tx, redaction);
    return 1;
  }
}
