import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { isApiPath } from '../../core/http/api-path.js';
import { DeniedAccessRecorder } from '../access-log/denied-access.recorder.js';
import { RequestLog } from './request-log.service.js';

/**
 * Feeds the request log and the record of refusals: notes here which operation a request reached and, when it was answered, hands it over. That
 * second half hangs on the server, since a request that a guard, the parser or the router refuses never comes here.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly log: RequestLog,
    private readonly deniedAccess: DeniedAccessRecorder,
  ) {}

  /** Notes an answer of the API, refused ones included, whether or not anybody waited for it. */
  answered(request: FastifyRequest, reply: FastifyReply, status: number): void {
    if (!isApiPath(request.url)) return;
    this.log.append(request, reply, status);
    this.deniedAccess.record(request);
  }

  /** After the last answer, and before the database goes. */
  async finish(): Promise<void> {
    this.deniedAccess.flushAggregates();
    await Promise.all([this.deniedAccess.flush(), this.log.finish()]);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.operation = `${context.getClass().name}.${context.getHandler().name}`;
    return next.handle();
  }
}
