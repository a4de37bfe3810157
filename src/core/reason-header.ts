import { type FastifyRequest } from 'fastify';
import { invalid, type FieldError } from './problem.js';
import { isVisible } from './visible-text.js';

/** Characters, not halves of surrogate pairs; the same for a reason in a body. */
export const MAX_REASON = 1000;
const NAME = 'X-Change-Reason';

/** The reason that a request gives in its header; null without one. */
function givenReason({ headers }: FastifyRequest): string | null {
  const header = headers['x-change-reason'];
  // Trimmed when it is text: a byte of a letter may look like a blank.
  return (typeof header === 'string' && decoded(header).trim()) || null;
}

/** The reason, where it can be kept as it was given. */
export function keptReason(request: FastifyRequest): string | null {
  const reason = givenReason(request);
  return reason === null || faultOf(reason) ? null : reason;
}

/**
 * A reason is kept as it was given, or the request is not done.
 *
 * @throws Problem 422 naming the header
 */
export function refuseUnkeptReason(request: FastifyRequest): void {
  const reason = givenReason(request);
  const fault = reason === null ? undefined : faultOf(reason);
  if (fault) throw invalid([fault]);
}

function faultOf(reason: string): FieldError | undefined {
  const fault = (code: string, message: string) => ({ field: NAME, code, message: `${NAME} must have ${message}` });
  if (reason.length > MAX_REASON && [...reason].length > MAX_REASON)
    return fault('is_length', `at most ${MAX_REASON} characters`);
  return isVisible(reason) ? undefined : fault('is_visible', 'at least one visible character');
}

/** Header bytes arrive as latin1; what a client sent as UTF-8 is read as such. */
function decoded(header: string): string {
  const text = Buffer.from(header, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? header : text;
}
