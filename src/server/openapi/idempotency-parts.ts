import { MAX_IDEMPOTENCY_KEY } from '../../core/http/idempotency-key.header.js';
import { PUBLIC_REFUSES_KEY, REFUSES_KEY_EXTENSION } from '../../core/http/idempotency.decorators.js';
import { IDEMPOTENCY_REPLAYED } from '../../core/http/idempotency.interceptor.js';
import { CoreProblem, type ProblemKind } from '../../core/http/problem.js';
import { isPublic, type Operation } from './operation.js';

export const IDEMPOTENCY_KEY_PARAMETER = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  description:
    'A key of your own for this request, such as a UUID; in quotes or not. Repeated with the same key within 24 hours, it is not done ' +
    `again: the first answer comes, with \`${IDEMPOTENCY_REPLAYED}: true\`. A request that was refused may be repeated with its key.`,
  schema: { type: 'string', minLength: 1, maxLength: MAX_IDEMPOTENCY_KEY },
};

export const REPLAYED_HEADER = {
  description: '`true` where this is the answer to an earlier attempt, which had the same `Idempotency-Key`',
  schema: { type: 'string', enum: ['true'] },
};

/** Documents that a route takes a key, or why not. @returns what it refuses with because of it */
export function documentIdempotency(operation: Operation): ProblemKind[] {
  const why = isPublic(operation) ? PUBLIC_REFUSES_KEY : (operation[REFUSES_KEY_EXTENSION] as string | undefined);
  if (why) {
    operation.description = [operation.description, `Takes no \`Idempotency-Key\`: ${why}.`].join('\n\n');
    return [CoreProblem.idempotency_key_not_taken];
  }
  operation.parameters.push({ $ref: '#/components/parameters/IdempotencyKey' });
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!status.startsWith('2')) continue;
    response.headers = {
      ...response.headers,
      [IDEMPOTENCY_REPLAYED]: { $ref: '#/components/headers/IdempotencyReplayed' },
    };
  }
  return [CoreProblem.request_in_progress, CoreProblem.answer_not_kept, CoreProblem.idempotency_key_reused];
}
