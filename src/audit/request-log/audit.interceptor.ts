import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { isApiPath } from '../../core/http/api-path.js';
import { DeniedAccessRecorder } from '../access-log/denied-access.recorder.js';
import { RequestLog } from './request-log.service.js';

/**
 * Feeds the request log and the record of denied access. `intercept` stores which operation a request reached;
 * `recordResponse` hangs on a hook of the server, since a request that a guard, the parser or the router rejects never
 * reaches an interceptor.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly log: RequestLog,
    private readonly deniedAccess: DeniedAccessRecorder,
  ) {}

  /** Records a response of the API, rejected and aborted requests included. */
  recordResponse(request: FastifyRequest, reply: FastifyReply, status: number): void {
    if (!isApiPath(request.url)) return;
    this.log.append(request, reply, status);
    this.deniedAccess.record(request);
  }

  /** Writes all records; call it after the last response and before the database closes. */
  async drainBeforeShutdown(): Promise<void> {
    this.deniedAccess.flushAggregates();
    await Promise.all([this.deniedAccess.flush(), this.log.drainBeforeShutdown()]);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.operation = `${context.getClass().name}.${context.getHandler().name}`;
    return next.handle();
  }
}
