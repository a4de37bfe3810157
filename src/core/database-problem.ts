import { busy, CoreProblem, invalid, type Problem } from './problem.js';

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';
const CHECK_VIOLATION = '23514';
const NOT_NULL_VIOLATION = '23502';
const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const NO_SUCH_PREPARED_STATEMENT = '26000';
const PREPARED_ALREADY = '42P05';

interface DatabaseError {
  readonly code?: string;
  readonly message: string;
  readonly constraint?: string;
  readonly column?: string;
  readonly driverError?: DatabaseError;
}

/** Whether a write failed because of one unique index or constraint. */
export function violates(thrown: unknown, constraint: string): boolean {
  return isTaken(thrown) && causeOf(thrown)?.constraint === constraint;
}

/** Whether a write failed because what it refers to by one foreign key is not there. */
export function refersToNothing(thrown: unknown, foreignKey: string): boolean {
  const { code, constraint } = causeOf(thrown) ?? {};
  return code === FOREIGN_KEY_VIOLATION && constraint === foreignKey;
}

/** Whether a write failed because there is a row with the same unique values, whichever. */
export function isTaken(thrown: unknown): boolean {
  return causeOf(thrown)?.code === UNIQUE_VIOLATION;
}

/** Whether a transaction met another one, and may well succeed when it is done again. */
export function collided(thrown: unknown): boolean {
  const { code } = causeOf(thrown) ?? {};
  return code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED;
}

/**
 * Whether a connection has not what was prepared on it, or something else: behind a pooler that does not keep track of
 * prepared statements, it is another server's by now. It is of no more use.
 */
export function mixesUpPrepared(thrown: unknown): boolean {
  const { code } = causeOf(thrown) ?? {};
  return code === NO_SUCH_PREPARED_STATEMENT || code === PREPARED_ALREADY;
}

/** What an error of PostgreSQL or of its pool means to a client; undefined for errors of another origin. */
export function databaseProblem(thrown: unknown): Problem | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const error = causeOf(thrown) as DatabaseError;
  if (unavailable(error) || mixesUpPrepared(error)) return busy();
  switch (error.code) {
    case UNIQUE_VIOLATION:
      return CoreProblem.conflict('There is one like this already');
    case FOREIGN_KEY_VIOLATION:
      return CoreProblem.conflict('This refers to a record that is not there, or is still referred to');
    case CHECK_VIOLATION:
      return invalid([{ field: error.constraint ?? 'body', code: 'check', message: 'A value is out of range' }]);
    case NOT_NULL_VIOLATION:
      return invalid([{ field: error.column ?? 'body', code: 'required', message: 'A required value is missing' }]);
  }
  // Class 22: data exceptions, such as a number out of range or text that the server's encoding cannot hold.
  if (/^22[0-9A-Z]{3}$/.test(error.code ?? '')) {
    return invalid([{ field: 'body', code: 'invalid_value', message: 'A value cannot be stored as given' }]);
  }
  return undefined;
}

/** TypeORM wraps what the driver threw. */
function causeOf(thrown: unknown): DatabaseError | undefined {
  return ((thrown as DatabaseError | undefined)?.driverError ?? thrown) as DatabaseError | undefined;
}

/** Passing troubles: pool exhausted, statement cancelled by its timeout, server restarting or gone, collisions. */
function unavailable({ code = '', message }: DatabaseError): boolean {
  return (
    /^(08...|53...|57...|40001|40P01|55P03|25P03)$/.test(code) ||
    /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/.test(
      code,
    ) ||
    /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error|not queryable|Cannot use a pool after calling end|Driver not Connected/i.test(
      message,
    )
  );
}
