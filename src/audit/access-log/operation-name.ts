import { type FastifyRequest } from 'fastify';

/** Names the operation of a request as the API documentation does: `PATCH /api/tasks/{id}`. */
export function operationName({ method, routeOptions }: FastifyRequest): string {
  return `${method} ${(routeOptions.url ?? '').replaceAll(/:(\w+)/g, '{$1}')}`;
}

/** Names the record in the path, such as `task 7`; undefined where there is none. */
export function targetRecord({ params, routeOptions }: FastifyRequest): string | undefined {
  const { id, type } = (params ?? {}) as { id?: string; type?: string };
  if (id === undefined) return undefined;
  const [, collection = ''] = /([\w-]+)\/:id/.exec(routeOptions.url ?? '') ?? [];
  // Truncated, since a path may hold values of any length that no record has.
  return `${(type ?? collection.replace(/s$/, '')).slice(0, 32)} ${id.slice(0, 20)}`;
}
