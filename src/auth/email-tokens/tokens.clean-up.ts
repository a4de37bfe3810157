import { Injectable } from '@nestjs/common';
import sql, { raw } from 'sql-template-tag';
import { CleanUp } from '../../infrastructure/jobs/clean-up.js';
import { Jobs } from '../../infrastructure/jobs/jobs.js';
import { PASSWORD_RESET, VERIFICATION } from './mailed-tokens.js';

const JOB = 'clean-up-tokens';
const AT_NIGHT = '17 2 * * *';

/** Deletes tokens that were used or have expired long ago. */
@Injectable()
export class TokensCleanUp {
  constructor(
    jobs: Jobs,
    private readonly cleanUp: CleanUp,
  ) {
    jobs.periodic(JOB, AT_NIGHT, () => this.run());
  }

  private async run(): Promise<number> {
    const over = (table: string) => (before: Date) =>
      sql`SELECT id FROM ${raw(table)} WHERE least(used_at, expires_at) < ${before}`;
    const verifications = await this.cleanUp.remove(JOB, VERIFICATION.entity, over(VERIFICATION.table));
    return verifications + (await this.cleanUp.remove(JOB, PASSWORD_RESET.entity, over(PASSWORD_RESET.table)));
  }
}
