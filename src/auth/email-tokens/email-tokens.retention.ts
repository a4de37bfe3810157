import { Injectable } from '@nestjs/common';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { RetentionCleaner } from '../../infrastructure/jobs/retention-cleaner.service.js';
import { endedTokenIds } from './email-tokens.repository.js';
import { PASSWORD_RESET, VERIFICATION } from './token-kinds.js';

const JOB = 'clean-up-tokens';
const AT_NIGHT = '17 2 * * *';

/** Deletes tokens 30 days after they were used or expired. */
@Injectable()
export class EmailTokensRetention {
  constructor(
    jobs: JobQueue,
    private readonly cleaner: RetentionCleaner,
  ) {
    jobs.schedule(JOB, AT_NIGHT, () => this.purge());
  }

  private async purge(): Promise<number> {
    const verifications = await this.cleaner.purge(JOB, VERIFICATION.entity, endedTokenIds(VERIFICATION));
    return verifications + (await this.cleaner.purge(JOB, PASSWORD_RESET.entity, endedTokenIds(PASSWORD_RESET)));
  }
}
