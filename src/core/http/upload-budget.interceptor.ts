import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { finalize, type Observable } from 'rxjs';
import { RequestBudgets } from '../authorization/request-budgets.js';

/**
 * Holds the bytes of a body under `StreamsBody` from before it is read until its handler is done: a client may withhold the
 * end, and the values of a file are kept while they are written.
 */
@Injectable()
export class UploadBudgetInterceptor implements NestInterceptor {
  constructor(private readonly budgets: RequestBudgets) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const upload = this.budgets.holdUpload(request, expectedBytes(request));
    return next.handle().pipe(finalize(() => upload.release()));
  }
}

/** Bytes that the body may have: without `Content-Length`, as many as the route takes. */
function expectedBytes({ headers, routeOptions }: FastifyRequest): number {
  const { maxBytes = 0 } = routeOptions.config.streamedBody ?? {};
  return Math.min(Number(headers['content-length'] ?? maxBytes), maxBytes);
}
