import { type FastifyRequest } from 'fastify';
import { textCorruptionOf } from './text-corruption.js';
import { isPgText } from './json-body.parser.js';
import { normalizeText } from '../normalized-text.js';
import { validationError, type FieldError } from './problem.js';
import { isVisible } from './visible-text.js';

/** Maximal length in code points, also of a reason in a body. */
export const MAX_REASON = 1000;
const HEADER_NAME = 'X-Change-Reason';
/** RFC 8187 §3.2, with any language. */
const EXT_VALUE = /^utf-8'[a-z\d-]*'/i;
const PERCENT_ENCODED = /^(?:[^%]|%[\da-f]{2})*$/i;

/** Decodes the reason in the header of a request; null without one. */
function decodedReason({ headers }: FastifyRequest): string | null {
  const header = headers['x-change-reason'];
  // Trimmed after decoding: a byte of a letter may look like a blank.
  return (typeof header === 'string' && normalizeText(percentDecoded(fromLatin1(header)).trim(), 'NFC')) || null;
}

/** Returns the reason of the header; null where it cannot be stored as given. */
export function changeReasonOf(request: FastifyRequest): string | null {
  const reason = decodedReason(request);
  return reason === null || reasonError(reason, HEADER_NAME) ? null : reason;
}

/**
 * Asserts that the reason of the header can be stored as given.
 *
 * @throws Problem 422 naming the header
 */
export function assertReasonReadable(request: FastifyRequest): void {
  const reason = decodedReason(request);
  const error = reason === null ? undefined : reasonError(reason, HEADER_NAME);
  if (error) throw validationError([error]);
}

/**
 * Validates and normalizes the reason in a body; null for a blank one.
 *
 * @throws Problem 422 naming the field
 */
export function bodyReason(given: unknown): string | null {
  if (typeof given !== 'string')
    throw validationError([{ field: 'reason', code: 'is_string', message: 'reason must be text' }]);
  const reason = given.length > 2 * MAX_REASON ? given : normalizeText(given.trim(), 'NFC');
  if (reason === '') return null;
  const error = reasonError(reason, 'reason');
  if (error) throw validationError([error]);
  return reason;
}

function reasonError(reason: string, field: string): FieldError | undefined {
  const error = (code: string, message: string) => ({ field, code, message: `${field} ${message}` });
  if (reason.length > MAX_REASON && [...reason].length > MAX_REASON)
    return error('is_length', `must have at most ${MAX_REASON} characters`);
  if (!isVisible(reason)) return error('is_visible', 'must have at least one visible character');
  if (!isPgText(reason)) return error('is_storable', 'must be text without NUL and halves of surrogate pairs');
  return corruptedReasonError(reason, field);
}

/** Returns the error of a reason that lost letters in transit; undefined for one without signs of that. */
export function corruptedReasonError(reason: string, field: string): FieldError | undefined {
  if (textCorruptionOf(reason) === undefined) return undefined;
  const how =
    field === HEADER_NAME
      ? 'percent-encode it (encodeURIComponent), or send "reason" in the body as JSON'
      : 'send it as UTF-8';
  return { field, code: 'broken_text', message: `${field} lost letters on its way here: ${how}` };
}

/** Decodes a header: its bytes arrive as latin1, but most clients send UTF-8. */
function fromLatin1(header: string): string {
  const text = Buffer.from(header, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? header : text;
}

/**
 * Undoes percent-encoding, where every `%` begins an escape and the bytes are UTF-8; any other text stands for
 * itself. In the form of RFC 8187 (`UTF-8''…`) text that cannot be decoded is corrupted.
 */
function percentDecoded(text: string): string {
  const extended = EXT_VALUE.exec(text);
  const encoded = extended ? text.slice(extended[0].length) : text;
  if (!encoded.includes('%')) return encoded;
  try {
    if (PERCENT_ENCODED.test(encoded)) return decodeURIComponent(encoded);
  } catch {
    // No UTF-8.
  }
  return extended ? '\ufffd' : text;
}
