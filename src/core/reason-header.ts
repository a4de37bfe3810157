import { type FastifyRequest } from 'fastify';
import { invalid } from './problem.js';

/** Characters, not halves of surrogate pairs; the same for a reason in a body. */
export const MAX_REASON = 1000;
const NAME = 'X-Change-Reason';

/** The reason that a request gives in its header; null without one. */
export function givenReason({ headers }: FastifyRequest): string | null {
  const header = headers['x-change-reason'];
  // Trimmed when it is text: a byte of a letter may look like a blank.
  return (typeof header === 'string' && decoded(header).trim()) || null;
}

/** Whether a reason can be kept as it was given. */
export const isKeepable = (reason: string): boolean => reason.length <= MAX_REASON || [...reason].length <= MAX_REASON;

/**
 * A reason is kept as it was given, or the request is not done.
 *
 * @throws Problem 422 naming the header
 */
export function refuseUnkeptReason(request: FastifyRequest): void {
  const reason = givenReason(request);
  if (reason === null || isKeepable(reason)) return;
  const message = `${NAME} must have at most ${MAX_REASON} characters`;
  throw invalid([{ field: NAME, code: 'is_length', message }]);
}

/** Header bytes arrive as latin1; what a client sent as UTF-8 is read as such. */
function decoded(header: string): string {
  const text = Buffer.from(header, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? header : text;
}
