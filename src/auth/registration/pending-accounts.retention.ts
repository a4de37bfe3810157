import { Injectable, Logger } from '@nestjs/common';
import sql from 'sql-template-tag';
import { Config } from '../../core/config/config.js';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { Clock } from '../../core/clock.js';
import { isReferredTo } from '../../core/http/database-errors.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';
import { Database } from '../../infrastructure/database/database.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { PASSWORD_RESET, VERIFICATION } from '../email-tokens/email-tokens.service.js';
import { User } from '../../users/user.entity.js';

const JOB = 'clean-up-pending-accounts';
const HOURLY = '47 * * * *';
const BATCH = 500;

/** Deletes sign-ups whose address was not verified in time. */
@Injectable()
export class PendingAccountsRetention {
  private readonly logger = new Logger(PendingAccountsRetention.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly jobs: JobQueue,
  ) {
    jobs.schedule(JOB, HOURLY, () => this.run());
  }

  private async run(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - this.config.pendingAccountSeconds * 1000);
    let removed = 0;
    for (let last = 0; ;) {
      const rows = await this.database.rows<{ id: number }>(sql`SELECT id FROM users
        WHERE pending AND created_at < ${before} AND id > ${last} ORDER BY id LIMIT ${BATCH}`);
      for (const { id } of rows) removed += await this.removeOne(id);
      last = rows.at(-1)?.id ?? last;
      if (rows.length < BATCH) return removed;
    }
  }

  /** A transaction each: an account to which records refer, such as a task that was given to it, stays. */
  private async removeOne(id: number): Promise<number> {
    const days = this.config.pendingAccountSeconds / 86_400;
    const author = systemPrincipal('clean-up', `The address was not verified within ${days} days`);
    try {
      return await this.unitOfWork.run(author, (tx) => this.remove(tx, id));
    } catch (error) {
      if (!isReferredTo(error)) throw error;
      this.logger.debug({ msg: 'A pending account stays, since records refer to it', user: id });
      return 0;
    }
  }

  private async remove(tx: AuditedTransaction, id: number): Promise<number> {
    if (!(await this.jobs.tryExclusive(tx, JOB))) return 0;
    const found = await tx.lock(User, [id], sql`pending`);
    if (found.length === 0) return 0;
    await tx.remove(VERIFICATION.entity, await tx.lockWhere(VERIFICATION.entity, sql`user_id = ${id}`));
    await tx.remove(PASSWORD_RESET.entity, await tx.lockWhere(PASSWORD_RESET.entity, sql`user_id = ${id}`));
    await tx.remove(User, found);
    return 1;
  }
}
