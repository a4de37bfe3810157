import { type FastifyRequest } from 'fastify';

/** What a request asked for, as the documents name it: `PATCH /api/tasks/{id}`. */
export function operationName({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${(routeOptions.url ?? '').replaceAll(/:(\w+)/g, '{$1}')}`;
}

/** The record that the address names, such as `task 7`; none where it names none. */
export function targetRecord({ params, routeOptions }: FastifyRequest): string | undefined {
  const { id, type } = (params ?? {}) as { id?: string; type?: string };
  if (id === undefined) return undefined;
  const [, collection = ''] = /([\w-]+)\/:id/.exec(routeOptions.url ?? '') ?? [];
  // Values that no record can have are cut: the entry names, it does not store.
  return `${(type ?? collection.replace(/s$/, '')).slice(0, 32)} ${id.slice(0, 20)}`;
}
