import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { maskedQuery } from './masking.js';
import { operationName, targetRecord } from './operation-name.js';

/** Describes a read for the audit trail, computed only where the read is audited. */
export interface ReadOperation {
  /** Returns the operation, the record in the path, and the filter with values masked as in the request log. */
  describe(): { readonly operation: string; readonly record?: string; readonly query?: unknown };
}

/** Injects the description of the current request into a handler, for `ReadAccessRecorder`. */
export const ReadOperation = createParamDecorator((_: unknown, context: ExecutionContext): ReadOperation => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return {
    describe: () => {
      const record = targetRecord(request);
      const query = maskedQuery(request.query);
      return { operation: operationName(request), ...(record && { record }), ...(query !== null && { query }) };
    },
  };
});
