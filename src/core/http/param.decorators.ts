import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { MAX_ID } from './field.validators.js';
import { CoreProblem, validationError } from './problem.js';

/** Maximum of PostgreSQL's `bigint`. */
const MAX_LONG_ID = 9_223_372_036_854_775_807n;

/** Injects the id of the path: 422 for a text that is no number, 404 for a number that no record can have. */
export const IdParam = createParamDecorator((name: string | undefined, context: ExecutionContext): number =>
  Number(parseId(context, name, BigInt(MAX_ID))),
);

/** Injects a `bigint` id of the path as text: numbers of JavaScript are not exact that far. */
export const BigIntIdParam = createParamDecorator((name: string | undefined, context: ExecutionContext): string =>
  String(parseId(context, name, MAX_LONG_ID)),
);

function parseId(context: ExecutionContext, name = 'id', max: bigint): bigint {
  const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
  const text = params[name] ?? '';
  // Only the canonical form: the request log finds the requests on a record by their URL.
  if (!/^(?:0|[1-9]\d{0,19})$/.test(text)) {
    throw validationError([
      { field: 'id', code: 'is_id', message: 'The id in the address must be a whole number, without leading zeros' },
    ]);
  }
  const id = BigInt(text);
  if (id < 1n || id > max) throw CoreProblem.not_found(`There is nothing with id ${text}`);
  return id;
}
