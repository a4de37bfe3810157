import { Logger } from '@nestjs/common';
import { isRetryable, readOnlyProblem } from '../http/database-errors.js';
import { CoreProblem, Problem } from '../http/problem.js';
import { type AuditEntryDraft } from './audited.decorator.js';
import { type AuditedTransaction } from './audited-transaction.js';

/** A seam: where the audit entries of a transaction go. Throwing refuses the change. */
export abstract class AuditSink {
  /**
   * Writes the notes within the transaction that made the changes. What it sends by `tx.send` with `notRecorded` travels
   * with the commit.
   */
  abstract write(tx: AuditedTransaction, notes: readonly AuditEntryDraft[]): Promise<void>;
}

const logger = new Logger(AuditSink.name);

/** What a change fails with where its entries cannot be written: 503 `not_recorded`, unless they were refused. */
export function notRecorded(error: unknown): unknown {
  if (error instanceof Problem || isRetryable(error)) return error;
  const readOnly = readOnlyProblem(error);
  if (readOnly) return readOnly;
  logger.error({ msg: 'The audit trail could not be written', err: error });
  return CoreProblem.not_recorded(undefined, { headers: { 'Retry-After': '5' } });
}
