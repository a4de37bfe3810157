import { type FastifyRequest } from 'fastify';
import { textCorruptionOf } from './text-corruption.js';
import { isPgText } from './json-body.parser.js';
import { normalizeText } from '../normalized-text.js';
import { validationError, type FieldError } from './problem.js';
import { isVisible } from './visible-text.js';

/** Characters, not halves of surrogate pairs; the same for a reason in a body. */
export const MAX_REASON = 1000;
const NAME = 'X-Change-Reason';
/** RFC 8187 §3.2, with any language. */
const EXTENDED = /^utf-8'[a-z\d-]*'/i;
const ESCAPES = /^(?:[^%]|%[\da-f]{2})*$/i;

/** The reason that a request gives in its header; null without one. */
function decodedReason({ headers }: FastifyRequest): string | null {
  const header = headers['x-change-reason'];
  // Trimmed when it is text: a byte of a letter may look like a blank.
  return (typeof header === 'string' && normalizeText(unescaped(decoded(header)).trim(), 'NFC')) || null;
}

/** The reason, where it can be kept as it was given. */
export function changeReasonOf(request: FastifyRequest): string | null {
  const reason = decodedReason(request);
  return reason === null || reasonFault(reason, NAME) ? null : reason;
}

/**
 * A reason is kept as it was given, or the request is not done.
 *
 * @throws Problem 422 naming the header
 */
export function assertReasonReadable(request: FastifyRequest): void {
  const reason = decodedReason(request);
  const fault = reason === null ? undefined : reasonFault(reason, NAME);
  if (fault) throw validationError([fault]);
}

/**
 * The reason in a body, as it is kept; null for a blank one, as without a header.
 *
 * @throws Problem 422 naming the field
 */
export function bodyReason(given: unknown): string | null {
  if (typeof given !== 'string')
    throw validationError([{ field: 'reason', code: 'is_string', message: 'reason must be text' }]);
  const reason = given.length > 2 * MAX_REASON ? given : normalizeText(given.trim(), 'NFC');
  if (reason === '') return null;
  const fault = reasonFault(reason, 'reason');
  if (fault) throw validationError([fault]);
  return reason;
}

function reasonFault(reason: string, field: string): FieldError | undefined {
  const fault = (code: string, message: string) => ({ field, code, message: `${field} ${message}` });
  if (reason.length > MAX_REASON && [...reason].length > MAX_REASON)
    return fault('is_length', `must have at most ${MAX_REASON} characters`);
  if (!isVisible(reason)) return fault('is_visible', 'must have at least one visible character');
  if (!isPgText(reason)) return fault('is_storable', 'must be text without NUL and halves of surrogate pairs');
  return brokenReason(reason, field);
}

/** The fault of a reason that lost letters on its way; undefined for one that shows nothing of that. */
export function brokenReason(reason: string, field: string): FieldError | undefined {
  if (textCorruptionOf(reason) === undefined) return undefined;
  const how =
    field === NAME
      ? 'percent-encode it (encodeURIComponent), or send "reason" in the body as JSON'
      : 'send it as UTF-8';
  return { field, code: 'broken_text', message: `${field} lost letters on its way here: ${how}` };
}

/** Header bytes arrive as latin1; what a client sent as UTF-8 is read as such. */
function decoded(header: string): string {
  const text = Buffer.from(header, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? header : text;
}

/**
 * Undoes percent-encoding, where every `%` begins an escape and the bytes are UTF-8; any other text means itself. In the form of
 * RFC 8187 (`UTF-8''…`) what cannot be decoded is broken.
 */
function unescaped(text: string): string {
  const extended = EXTENDED.exec(text);
  const encoded = extended ? text.slice(extended[0].length) : text;
  if (!encoded.includes('%')) return encoded;
  try {
    if (ESCAPES.test(encoded)) return decodeURIComponent(encoded);
  } catch {
    // No UTF-8.
  }
  return extended ? '\ufffd' : text;
}
