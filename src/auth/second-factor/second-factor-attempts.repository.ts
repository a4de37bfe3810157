import { Injectable } from '@nestjs/common';
import sql, { type Sql } from 'sql-template-tag';
import { type AuditedTransaction } from '../../core/persistence/audited-transaction.js';

const NO_FAILURES: Sql = sql`second_factor_failures = 0, second_factor_failed_since = NULL`;

/** Counts codes of second factors in `users`. Bookkeeping, not audited. */
@Injectable()
export class SecondFactorAttemptsRepository {
  /**
   * Stores the time step of an accepted code and resets the failures.
   *
   * @returns false where the step, or a later one, was accepted before: this holds even without a lock on the user
   */
  async acceptStep(tx: AuditedTransaction, userId: number, step: number): Promise<boolean> {
    const accepted = await tx.query(sql`UPDATE users SET second_factor_step = ${step}, ${NO_FAILURES}
      WHERE id = ${userId} AND (second_factor_step IS NULL OR second_factor_step < ${step}) RETURNING 1`);
    return accepted.length > 0;
  }

  async resetFailures(tx: AuditedTransaction, userId: number): Promise<void> {
    await tx.query(sql`UPDATE users SET ${NO_FAILURES} WHERE id = ${userId}`);
  }

  async setFailures(tx: AuditedTransaction, userId: number, failures: number, since: Date): Promise<void> {
    await tx.query(sql`UPDATE users SET second_factor_failures = ${failures},
      second_factor_failed_since = ${since} WHERE id = ${userId}`);
  }
}
