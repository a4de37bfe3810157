import { serviceUnavailable, CoreProblem, validationError, Problem } from './problem.js';
import { isReadOnly, isSqlState, isTransient, isUnfit, type DatabaseError } from '../persistence/sqlstate.js';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const CHECK_VIOLATION = '23514';
const NOT_NULL_VIOLATION = '23502';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const NO_SUCH_PREPARED_STATEMENT = '26000';
const PREPARED_ALREADY = '42P05';
const FEATURE_NOT_SUPPORTED = '0A000';

/** True where a write violated the given unique index or constraint. */
export function isConstraintViolation(thrown: unknown, constraint: string): boolean {
  return isUniqueViolation(thrown) && causeOf(thrown)?.constraint === constraint;
}

/** True where a write refers, by the given foreign key, to a record that does not exist. */
export function isForeignKeyViolation(thrown: unknown, foreignKey: string): boolean {
  const { code, constraint } = causeOf(thrown) ?? {};
  return code === FOREIGN_KEY_VIOLATION && constraint === foreignKey;
}

/** True where a foreign key forbids to delete or write a row: records refer to it, or it refers to none. */
export const isReferredTo = (thrown: unknown): boolean => causeOf(thrown)?.code === FOREIGN_KEY_VIOLATION;

/** True where a write violated any unique constraint. */
export function isUniqueViolation(thrown: unknown): boolean {
  return causeOf(thrown)?.code === UNIQUE_VIOLATION;
}

/** True where a transaction collided with another and is likely to succeed when run again. */
export function isRetryable(thrown: unknown): boolean {
  const { code } = causeOf(thrown) ?? {};
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/**
 * True where a connection lacks a prepared statement or has a different one: behind a pooler that does not track
 * prepared statements it is another server by now, or the tables were replaced. The connection cannot be used any
 * more.
 */
export function isPreparedStatementMismatch(thrown: unknown): boolean {
  const { code, message = '' } = causeOf(thrown) ?? {};
  if (code === FEATURE_NOT_SUPPORTED) return message.startsWith('cached plan must not change');
  return code === NO_SUCH_PREPARED_STATEMENT || code === PREPARED_ALREADY;
}

/** True where the connection broke before the server answered, as far as this end can know. */
export function isConnectionLost(thrown: unknown): boolean {
  const error = causeOf(thrown);
  return error !== undefined && !isSqlState(error.code) && isTransient(error);
}

/** True where a COMMIT that failed with this error may have succeeded. */
export function leavesCommitUnknown(thrown: unknown): boolean {
  const { code, message = '' } = causeOf(thrown) ?? {};
  if (isSqlState(code)) return /^(08...|40003|57P..)$/.test(code);
  return isConnectionLost(thrown) && !/not queryable/i.test(message);
}

/** Makes the 503 for a change that may or may not have been committed. */
export const outcomeUnknown = (): Problem =>
  CoreProblem.outcome_unknown(undefined, { headers: { 'Retry-After': '5' } });

/** True for the problem that `outcomeUnknown` makes. */
export const isOutcomeUnknown = (thrown: unknown): boolean =>
  thrown instanceof Problem && thrown.code === CoreProblem.outcome_unknown.code;

/** Makes the 503 for a database that can be read but not written; undefined for other errors. */
export function readOnlyProblem(thrown: unknown): Problem | undefined {
  const error = causeOf(thrown);
  if (thrown instanceof Problem) return thrown.code === CoreProblem.database_read_only.code ? thrown : undefined;
  if (!error || !isReadOnly(error)) return undefined;
  return CoreProblem.database_read_only(undefined, { headers: { 'Retry-After': '10' } });
}

/** Maps an error of PostgreSQL or its pool to a problem; undefined for errors of another origin, and for ours. */
export function databaseProblem(thrown: unknown): Problem | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const error = causeOf(thrown) as DatabaseError;
  const readOnly = readOnlyProblem(error);
  if (readOnly) return readOnly;
  if (isTransient(error) || isPreparedStatementMismatch(error)) return serviceUnavailable();
  if (isUnfit(error)) return CoreProblem.database_failed(undefined, { headers: { 'Retry-After': '10' } });
  return dataProblem(error);
}

/** Maps a violation by values of the request to a problem. */
function dataProblem({ code = '', constraint, column }: DatabaseError): Problem | undefined {
  switch (code) {
    case UNIQUE_VIOLATION:
      return CoreProblem.conflict('There is one like this already');
    case FOREIGN_KEY_VIOLATION:
      return CoreProblem.conflict('This refers to a record that is not there, or is still referred to');
    case CHECK_VIOLATION:
      return validationError([{ field: constraint ?? 'body', code: 'check', message: 'A value is out of range' }]);
    case NOT_NULL_VIOLATION:
      return validationError([{ field: column ?? 'body', code: 'required', message: 'A required value is missing' }]);
  }
  // Class 22: data exceptions, such as a number out of range or text that the server's encoding cannot hold.
  // Class 54: limits of the server, such as a text that is too long for an index.
  if (/^(22|54)[0-9A-Z]{3}$/.test(code)) {
    return validationError([{ field: 'body', code: 'invalid_value', message: 'A value cannot be stored as given' }]);
  }
  return undefined;
}

/** TypeORM wraps what the driver threw. */
function causeOf(thrown: unknown): DatabaseError | undefined {
  return ((thrown as DatabaseError | undefined)?.driverError ?? thrown) as DatabaseError | undefined;
}
