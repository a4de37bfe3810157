/**
 * Error of PostgreSQL, its driver or its pool. This file classifies those that are no fault of a request, by SQLSTATE
 * or, where the connection broke, by the messages of Node, pg and pg-pool. docs/problems.md has the table.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export interface DatabaseError {
  readonly code?: string;
  readonly message: string;
  readonly constraint?: string;
  readonly column?: string;
  readonly driverError?: DatabaseError;
}

/** True for a SQLSTATE; Node's codes, such as EPIPE, have no digit. */
export const isSqlState = (code: string | undefined): code is string =>
  code !== undefined && /^(?=.*\d)[0-9A-Z]{5}$/.test(code);

/** 25006: read-only transaction, also on a standby. 53100: disk full. */
const READ_ONLY = /^(25006|53100)$/;
/** The server words these without a SQLSTATE of their own: XX000, 58030, 42501 (EROFS) or 54000 (wraparound). */
const READ_ONLY_MESSAGES =
  /No space left on device|Disk quota exceeded|Read-only file system|could not write init file|not accepting commands that assign new/i;

/** True where the database can most likely be read, but not written. */
export function isReadOnly({ code, message }: DatabaseError): boolean {
  return isSqlState(code) && (READ_ONLY.test(code) || READ_ONLY_MESSAGES.test(message));
}

/** Passes by itself: connections, collisions, resources, locks, cancelled statements, restarts. */
const TRANSIENT = /^(08...|25P03|25P04|40...|53...|55...|57...|72000)$/;
const BROKEN_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'EADDRNOTAVAIL',
  'ENOTCONN',
  'ECANCELED',
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ERR_SOCKET_CLOSED',
]);
const BROKEN_MESSAGES = new RegExp(
  [
    'timeout exceeded when trying to connect',
    '^timeout expired$',
    'Connection terminated',
    'Query read timeout',
    'not queryable',
    'Cannot use a pool after calling end',
    'Driver not Connected',
    '^Received unexpected .* backend',
    'does not support SSL connections',
    'error establishing an SSL connection',
    'Query runner already released',
  ].join('|'),
  'i',
);

export function isTransient({ code, message }: DatabaseError): boolean {
  if (isSqlState(code)) return TRANSIENT.test(code);
  return (code !== undefined && BROKEN_CODES.has(code)) || BROKEN_MESSAGES.test(message);
}

/**
 * SQLSTATEs of a database that is faulty or not as this version needs it: being restored or migrated, with other
 * credentials or rights. An operator has to act; no client can help.
 */
const UNFIT =
  /^(0A...|24...|25...|26...|28...|34...|3D...|3F...|42501|42703|42704|42883|42P01|58...|F0...|HV...|XX...)$/;

export const isUnfit = ({ code }: DatabaseError): boolean => isSqlState(code) && UNFIT.test(code);
