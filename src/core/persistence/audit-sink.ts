import { Logger } from '@nestjs/common';
import { isRetryable, readOnlyProblem } from '../http/database-errors.js';
import { CoreProblem, Problem } from '../http/problem.js';
import { type AuditEntryDraft } from './audited.decorator.js';
import { type AuditedTransaction } from './audited-transaction.js';

/** Extension point: stores the audit entries of a transaction. Throwing rejects the change. */
export abstract class AuditSink {
  /**
   * Writes the entries within the transaction that made the changes. A statement enqueued with `notRecorded` as its
   * error mapper travels with the commit.
   */
  abstract write(tx: AuditedTransaction, entries: readonly AuditEntryDraft[]): Promise<void>;
}

const logger = new Logger(AuditSink.name);

/**
 * Maps the failure to write audit entries to the error of the change: 503 `not_recorded`, unless it is a problem
 * already, retryable, or a read-only database.
 */
export function notRecorded(error: unknown): unknown {
  if (error instanceof Problem || isRetryable(error)) return error;
  const readOnly = readOnlyProblem(error);
  if (readOnly) return readOnly;
  logger.error({ msg: 'The audit trail could not be written', err: error });
  return CoreProblem.not_recorded(undefined, { headers: { 'Retry-After': '5' } });
}
