import { Injectable } from '@nestjs/common';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { JobQueue } from '../jobs/job-queue.service.js';
import { IdempotencyRepository } from './idempotency.repository.js';

const JOB = 'clean-up-idempotency-keys';
const EVERY_TEN_MINUTES = '*/10 * * * *';
const BATCH = 10_000;

/** Deletes idempotency keys after their day. They are bookkeeping: the changes themselves are in the audit trail. */
@Injectable()
export class IdempotencyKeysRetention {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: IdempotencyRepository,
    private readonly jobs: JobQueue,
  ) {
    jobs.schedule(JOB, EVERY_TEN_MINUTES, () => this.cleanUp());
  }

  /** @returns how many */
  private async cleanUp(): Promise<number> {
    for (let total = 0; ;) {
      const deleted = await this.unitOfWork.run(systemPrincipal('clean-up'), async (tx) =>
        (await this.jobs.tryExclusive(tx, JOB)) ? this.keys.deleteOutdated(tx, BATCH) : 0,
      );
      total += deleted;
      if (deleted < BATCH) return total;
    }
  }
}
