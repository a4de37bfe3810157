import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { MAX_ID } from './fields.js';
import { CoreProblem, invalid } from './problem.js';

/**
 * The id in the path. What is no number is 422; a number that no record can have is 404 like any other that is not
 * there.
 */
export const Id = createParamDecorator((name: string | undefined, context: ExecutionContext): number => {
  const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: Record<string, string> }>>();
  const text = params[name ?? 'id'] ?? '';
  if (!/^\d{1,20}$/.test(text)) {
    throw invalid([{ field: 'id', code: 'is_id', message: 'The id in the address must be a whole number' }]);
  }
  const id = Number(text);
  if (id < 1 || id > MAX_ID) throw CoreProblem.not_found(`There is nothing with id ${text}`);
  return id;
});

/**
 * The versions that `If-Match` names; undefined where there is no condition, or `*`. Weak tags never match (RFC 9110
 * §13.1.1).
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): number[] | undefined => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const tags = header.split(',').map((tag) => /^(?:"(\d{1,10})"|(\d{1,10}))$/.exec(tag.trim()));
  return tags.flatMap((tag) => (tag ? [Number(tag[1] ?? tag[2])] : []));
});
