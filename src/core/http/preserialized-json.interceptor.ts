import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { RequestBudgets } from '../authorization/request-budgets.js';
import { PreserializedJson } from './streamed-response.js';

/** Shorter answers are always sent. */
const LONG = 64 * 1024;
/** The answer of any other method is that of a change that is committed already, so it is always sent. */
const READS = new Set(['GET', 'HEAD']);

/** Sends a `PreserializedJson` as it is; a long one of a read needs room in the budget of unread answers. */
@Injectable()
export class PreserializedJsonInterceptor implements NestInterceptor {
  constructor(private readonly budgets: RequestBudgets) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      map((answer: unknown) => {
        if (!(answer instanceof PreserializedJson)) return answer;
        const request = http.getRequest<FastifyRequest>();
        if (answer.text.length > LONG && READS.has(request.method))
          this.budgets.assertRoom(request, answer.text.length);
        http.getResponse<FastifyReply>().type(`${answer.mediaType}; charset=utf-8`);
        return answer.text;
      }),
    );
  }
}
