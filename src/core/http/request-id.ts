import { randomUUID } from 'node:crypto';

interface IdentifiedRequest {
  readonly id: string;
  readonly raw: { readonly headers: Readonly<Record<string, string | string[] | undefined>> };
}

const SERVER_IDS = new WeakMap<object, string>();

/**
 * Returns the server's own id of a request that the client named by `X-Request-Id`: two clients may send the same id,
 * by accident or to impersonate each other. Undefined where `request.id` is the server's own.
 */
export function serverRequestId({ id, raw }: IdentifiedRequest): string | undefined {
  if (raw.headers['x-request-id'] !== id) return undefined;
  const known = SERVER_IDS.get(raw);
  if (known !== undefined) return known;
  const made = randomUUID();
  SERVER_IDS.set(raw, made);
  return made;
}

/** Returns the id that no other request has. */
export const uniqueRequestId = (request: IdentifiedRequest): string => serverRequestId(request) ?? request.id;
