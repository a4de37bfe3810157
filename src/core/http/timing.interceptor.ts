import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { PreserializedJson } from './streamed-response.js';
import { RequestBudgets } from '../authorization/request-budgets.js';

/** Shorter answers are always sent. */
const LONG = 64 * 1024;

declare module 'fastify' {
  interface FastifyRequest {
    /** When the handler was entered, in milliseconds of the process clock; unset where a guard refused. */
    handlerStarted?: number;
  }
}

/** Notes when the handler starts, for `Server-Timing`, and passes ready-made JSON on as it is. */
@Injectable()
export class TimingInterceptor implements NestInterceptor {
  constructor(private readonly budgets: RequestBudgets) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    http.getRequest<FastifyRequest>().handlerStarted = performance.now();
    return next.handle().pipe(
      map((answer: unknown) => {
        if (!(answer instanceof PreserializedJson)) return answer;
        if (answer.text.length > LONG) this.budgets.assertRoom(http.getRequest(), answer.text.length);
        http.getResponse<FastifyReply>().type('application/json; charset=utf-8');
        return answer.text;
      }),
    );
  }
}

/** The timing headers of every answer, refused ones included. `X-Process-Time` is in seconds. */
export function timingHeaders(request: FastifyRequest, reply: FastifyReply): Record<string, string> {
  const total = reply.elapsedTime;
  const handler = request.handlerStarted === undefined ? undefined : performance.now() - request.handlerStarted;
  const timing = [
    `total;dur=${total.toFixed(2)}`,
    ...(handler === undefined ? [] : [`handler;dur=${handler.toFixed(2)}`]),
  ];
  return { 'X-Process-Time': (total / 1000).toFixed(6), 'Server-Timing': timing.join(', ') };
}
