import { createHmac } from 'node:crypto';
import { type FastifyRequest } from 'fastify';
import { validationError, type Problem } from './problem.js';

export const IDEMPOTENCY_KEY = 'Idempotency-Key';
export const MAX_IDEMPOTENCY_KEY = 255;

/** RFC 8941 §3.3.3, the form of draft-ietf-httpapi-idempotency-key-header: printable ASCII in quotes. */
const QUOTED = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
/** The same without quotes, as most clients send it. A comma would be two headers that were joined. */
const BARE = /^[\x21\x23-\x2b\x2d-\x7e]+$/;

/** A request of a user that carries a key. */
export interface IdempotentRequest {
  readonly userId: number;
  /** Method and pattern, such as `PATCH /api/tasks/:id`. */
  readonly route: string;
  readonly key: string;
  /** The same for requests that ask for the same. */
  readonly fingerprint: Buffer;
}

/**
 * Reads the key of a request; undefined without one. `"a"` and `a` are the same key.
 *
 * @throws Problem 422 for anything but 1 to 255 printable ASCII characters
 */
export function idempotencyKeyOf({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;
  const text = String(header).trim();
  const key = BARE.test(text) ? text : QUOTED.exec(text)?.[1]?.replaceAll(/\\(["\\])/g, '$1');
  if (key === undefined || key.length === 0 || key.length > MAX_IDEMPOTENCY_KEY) throw malformed();
  return key;
}

function malformed(): Problem {
  const message = `${IDEMPOTENCY_KEY} must be one key of 1 to ${MAX_IDEMPOTENCY_KEY} printable ASCII characters, such as a UUID, with or without quotes`;
  return validationError([{ field: IDEMPOTENCY_KEY, code: 'is_idempotency_key', message }]);
}

/**
 * Fingerprints parameters, body, condition and reason of a request, and no header that differs from one attempt to the
 * next. Keyed, since a body may hold a password, which a plain hash would let others guess.
 */
export function fingerprintOf(request: FastifyRequest, secret: Buffer): Buffer {
  const { headers, params, query, body } = request;
  const asked = [params ?? {}, query ?? {}, headers['if-match'], headers['x-change-reason'], body ?? {}];
  return createHmac('sha256', secret).update(canonical(asked)).digest();
}

/** JSON whose members are sorted, so that the order in which a client writes them does not count. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_name, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
