import { randomUUID } from 'node:crypto';

interface Named {
  readonly id: string;
  readonly raw: { readonly headers: Readonly<Record<string, string | string[] | undefined>> };
}

const OWN = new WeakMap<object, string>();

/**
 * The server's own name of a request that the client named by `X-Request-Id`: two clients may give the same one, by accident or
 * to pass for each other. Undefined where `request.id` is the server's own.
 */
export function serverRequestId({ id, raw }: Named): string | undefined {
  if (raw.headers['x-request-id'] !== id) return undefined;
  const known = OWN.get(raw);
  if (known !== undefined) return known;
  const made = randomUUID();
  OWN.set(raw, made);
  return made;
}

/** The one name of a request that no other request has. */
export const uniqueRequestId = (request: Named): string => serverRequestId(request) ?? request.id;
