import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { RetentionCleaner } from '../../infrastructure/jobs/retention-cleaner.service.js';
import { JobQueue } from '../../infrastructure/jobs/job-queue.service.js';
import { PASSWORD_RESET, VERIFICATION } from './email-tokens.service.js';

const JOB = 'clean-up-tokens';
const AT_NIGHT = '17 2 * * *';

/** Deletes tokens that were used or have expired long ago. */
@Injectable()
export class EmailTokensRetention {
  constructor(
    jobs: JobQueue,
    private readonly cleaner: RetentionCleaner,
  ) {
    jobs.schedule(JOB, AT_NIGHT, () => this.run());
  }

  private async run(): Promise<number> {
    const over = (table: string) => (before: Date) =>
      sql`SELECT id FROM ${raw(table)} WHERE least(used_at, expires_at) < ${before}`;
    const verifications = await this.cleaner.purge(JOB, VERIFICATION.entity, over(VERIFICATION.table));
    return verifications + (await this.cleaner.purge(JOB, PASSWORD_RESET.entity, over(PASSWORD_RESET.table)));
  }
}
