import { Injectable } from '@nestjs/common';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { type EntityClass, type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { JobQueue } from './job-queue.service.js';
import { nextIds, type ExpiredIds } from './jobs.sql.js';

const BATCH = 1000;
const RETENTION_MS = 30 * 86_400_000;

/** Deletes expired rows, for periodic jobs. The audit trail keeps their values. */
@Injectable()
export class RetentionCleaner {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * Deletes rows in batches of a transaction each, on one replica at a time.
   *
   * @param job name of the job
   * @param expired selects the ids of rows that expired before a time, 30 days ago
   * @returns the number of deleted rows
   */
  async purge<E extends { id: number }>(job: string, entity: EntityClass<E>, expired: ExpiredIds): Promise<number> {
    const author = systemPrincipal('clean-up', 'Over for 30 days');
    let removed = 0;
    for (let last = 0; ;) {
      const ids = await this.unitOfWork.run(author, (tx) => this.purgeBatch(tx, job, entity, expired, last));
      removed += ids.length;
      last = ids.at(-1) ?? last;
      if (ids.length < BATCH) return removed;
    }
  }

  private async purgeBatch<E extends { id: number }>(
    tx: AuditedTransaction,
    job: string,
    entity: EntityClass<E>,
    expired: ExpiredIds,
    after: number,
  ): Promise<number[]> {
    if (!(await this.jobs.tryExclusive(tx, job))) return [];
    const before = new Date(tx.now.getTime() - RETENTION_MS);
    const found = await tx.query<{ id: number }>(nextIds(expired(before), after, BATCH));
    const ids = found.map(({ id }) => id);
    await tx.remove(entity, await tx.lock(entity, ids));
    return ids;
  }
}
