import { Injectable, Logger } from '@nestjs/common';
import sql from 'sql-template-tag';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { Redaction } from './redaction.entity.js';
import { RedactionAppliance } from './redaction-appliance.service.js';

const JOB = 'apply-redactions';

/** Takes out what was approved before its request had been sealed for as long as it has to be. */
@Injectable()
export class DelayedRedactions {
  private readonly logger = new Logger('Redactions');

  constructor(
    jobs: JobQueue,
    private readonly database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly appliance: RedactionAppliance,
  ) {
    jobs.schedule(JOB, '* * * * *', () => this.applyDue());
  }

  private async applyDue(): Promise<number> {
    const due = await this.database.rows<{ id: number; reason: string }>(sql`SELECT id, reason FROM redactions r
      WHERE status = 'approved' AND applied_at IS NULL AND approval_mac IS NOT NULL AND redaction_due(r) ORDER BY id`);
    let applied = 0;
    for (const { id, reason } of due)
      try {
        applied += await this.unitOfWork.run(systemPrincipal(JOB, reason), (tx) => this.applyOne(tx, id));
      } catch (error) {
        // One that the database refuses, such as a forged one, must not hold up the others.
        this.logger.error({ msg: 'An approved redaction was not applied', redaction: id, err: error });
      }
    return applied;
  }

  private async applyOne(tx: AuditedTransaction, id: number): Promise<number> {
    // Another replica may have done it, or somebody stopped it.
    const [redaction] = await tx.lock(Redaction, [id], sql`status = 'approved' AND applied_at IS NULL`);
    if (!redaction) return 0;
    await this.appliance.apply(tx, redaction);
    return 1;
  }
}
