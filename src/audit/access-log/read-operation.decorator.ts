import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { maskedQuery } from './masking.js';
import { operationName, targetRecord } from './operation-name.js';

/** A read as the audit trail names it: made of the request only where it is recorded. */
export interface ReadOperation {
  /** The operation, the record that the address names, and the filter with values masked as in the request log. */
  describe(): { readonly operation: string; readonly record?: string; readonly query?: unknown };
}

/** Passes the read that the request is to a handler, for `ReadAccessRecorder`. */
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
