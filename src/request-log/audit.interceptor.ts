import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { originOf } from '../core/actor.js';
import { onceAnswered } from '../core/answered.js';
import { Refusals } from '../watch/refusals.js';
import { RequestLog } from './request-log.js';

const LOGGED = /^\/api(?:\/|$)/;

/**
 * Feeds the request log and the record of refusals: notes here which operation a request reached and, when it was answered, hands it over. That
 * second half hangs on the server, since a request that a guard, the parser or the router refuses never comes here.
 */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly log: RequestLog,
    private readonly refusals: Refusals,
  ) {}

  /** @param server on which every answer of the API is logged, refused ones included, whether or not anybody waited for it */
  watch(server: FastifyInstance): void {
    const finish = onceAnswered(server, (request, reply, status) => {
      if (!LOGGED.test(request.url)) return;
      this.log.note(request, reply, status);
      this.refusals.note(request);
    });
    server.addHook('onRequest', (request, _reply, done) => {
      // Once the client is gone, its address cannot be asked for.
      originOf(request);
      done();
    });
    // After the last answer, and before the database goes.
    server.addHook('onClose', async () => {
      finish();
      this.refusals.sumUp();
      await Promise.all([this.refusals.settled(), this.log.finish()]);
    });
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.operation = `${context.getClass().name}.${context.getHandler().name}`;
    return next.handle();
  }
}
