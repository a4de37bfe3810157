import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';

declare module 'fastify' {
  interface FastifyRequest {
    /** Start of the handler, in ms of the process clock; unset where a guard denied the request. */
    handlerStarted?: number;
  }
}

/** Records the start of the handler, for `Server-Timing`. */
@Injectable()
export class TimingInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    context.switchToHttp().getRequest<FastifyRequest>().handlerStarted = performance.now();
    return next.handle();
  }
}

/**
 * Adds the timing headers to every response: in a hook, because the interceptor sees neither a request that a guard denies nor
 * one that no route takes (decision 130).
 */
export function registerTimingHeaders(server: FastifyInstance): void {
  server.addHook('onSend', (request, reply, payload, done) => {
    void reply.headers(timingHeaders(request, reply));
    done(null, payload);
  });
}

/** `X-Process-Time` in seconds, `Server-Timing` in milliseconds. */
function timingHeaders(request: FastifyRequest, reply: FastifyReply): Record<string, string> {
  const total = reply.elapsedTime;
  const handler = request.handlerStarted === undefined ? undefined : performance.now() - request.handlerStarted;
  const timing = [
    `total;dur=${total.toFixed(2)}`,
    ...(handler === undefined ? [] : [`handler;dur=${handler.toFixed(2)}`]),
  ];
  return { 'X-Process-Time': (total / 1000).toFixed(6), 'Server-Timing': timing.join(', ') };
}
