import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { MAX_ID } from './field.validators.js';
import { CoreProblem, validationError } from './problem.js';

/** Of PostgreSQL's `bigint`. */
const MAX_LONG_ID = 9_223_372_036_854_775_807n;

/**
 * The id in the path. What is no number is 422; a number that no record can have is 404 like any other that is not
 * there.
 */
export const IdParam = createParamDecorator((name: string | undefined, context: ExecutionContext): number =>
  Number(idIn(context, name, BigInt(MAX_ID))),
);

/** The same of a record whose ids are `bigint`, as text: numbers of JavaScript are not exact that far. */
export const BigIntIdParam = createParamDecorator((name: string | undefined, context: ExecutionContext): string =>
  String(idIn(context, name, MAX_LONG_ID)),
);

function idIn(context: ExecutionContext, name = 'id', max: bigint): bigint {
  const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
  const text = params[name] ?? '';
  // One way to write each: the request log finds what was done to a record by its address.
  if (!/^(?:0|[1-9]\d{0,19})$/.test(text)) {
    throw validationError([
      { field: 'id', code: 'is_id', message: 'The id in the address must be a whole number, without leading zeros' },
    ]);
  }
  const id = BigInt(text);
  if (id < 1n || id > max) throw CoreProblem.not_found(`There is nothing with id ${text}`);
  return id;
}
