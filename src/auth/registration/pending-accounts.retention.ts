import { Injectable, Logger } from '@nestjs/common';

import { Config } from '../../core/config/config.js';
import { systemPrincipal } from '../../core/authorization/actor.js';
import { UnitOfWork } from '../../core/persistence/unit-of-work.js';
import { Clock } from '../../core/clock.js';
import { isReferredTo } from '../../core/http/database-errors.js';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';

import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { EmailTokensRepository } from '../email-tokens/email-tokens.repository.js';
import { PASSWORD_RESET, VERIFICATION } from '../email-tokens/token-kinds.js';
import { User } from '../../users/user.entity.js';
import { PendingAccountsRepository } from './pending-accounts.repository.js';

const JOB = 'clean-up-pending-accounts';
const HOURLY = '47 * * * *';
const BATCH_SIZE = 500;

/** Deletes pending accounts whose address was not verified in time. */
@Injectable()
export class PendingAccountsRetention {
  private readonly logger = new Logger(PendingAccountsRetention.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: PendingAccountsRepository,
    private readonly tokens: EmailTokensRepository,
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly jobs: JobQueue,
  ) {
    jobs.schedule(JOB, HOURLY, () => this.purge());
  }

  private async purge(): Promise<number> {
    const before = new Date(this.clock.now().getTime() - this.config.pendingAccountSeconds * 1000);
    let removed = 0;
    for (let last = 0; ;) {
      const ids = await this.accounts.findCreatedBefore(before, last, BATCH_SIZE);
      for (const id of ids) removed += await this.removeUnlessReferred(id);
      last = ids.at(-1) ?? last;
      if (ids.length < BATCH_SIZE) return removed;
    }
  }

  /** Uses one transaction per account, since an account that records refer to, such as a task assigned to it, stays. */
  private async removeUnlessReferred(id: number): Promise<number> {
    const days = this.config.pendingAccountSeconds / 86_400;
    const principal = systemPrincipal('clean-up', `The address was not verified within ${days} days`);
    try {
      return await this.unitOfWork.run(principal, (tx) => this.remove(tx, id));
    } catch (error) {
      if (!isReferredTo(error)) throw error;
      this.logger.debug({ msg: 'A pending account stays, since records refer to it', user: id });
      return 0;
    }
  }

  private async remove(tx: AuditedTransaction, id: number): Promise<number> {
    if (!(await this.jobs.tryExclusive(tx, JOB))) return 0;
    const user = await this.accounts.lock(tx, id);
    if (!user) return 0;
    await tx.remove(VERIFICATION.entity, await this.tokens.lockAll(tx, VERIFICATION, id));
    await tx.remove(PASSWORD_RESET.entity, await this.tokens.lockAll(tx, PASSWORD_RESET, id));
    await tx.remove(User, [user]);
    return 1;
  }
}
