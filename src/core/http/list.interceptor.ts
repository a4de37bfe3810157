import {
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
  type StreamableFile,
} from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { from, mergeMap, of, type Observable } from 'rxjs';
import { Config } from '../config/config.js';
import { clientAborted } from './client-aborted.js';
import { setNextLink } from './keyset-pagination.js';
import { ListResponse } from './list-response.js';
import { PreserializedJson, streamJsonArray } from './streamed-response.js';

/** Answers a `ListResponse`: a page with its `Link` where there is a limit, else the whole list, streamed. */
@Injectable()
export class ListInterceptor implements NestInterceptor {
  constructor(private readonly config: Config) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next
      .handle()
      .pipe(
        mergeMap((answer: unknown) =>
          answer instanceof ListResponse
            ? from(this.answer(answer, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()))
            : of(answer),
        ),
      );
  }

  private async answer<T>(
    { query: { limit, include_total }, reader, envelope }: ListResponse<T>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<PreserializedJson<T> | StreamableFile> {
    const gone = () => clientAborted(request.raw, reply.raw);
    if (include_total) void reply.header('X-Total-Count', await reader.count(gone));
    if (limit === undefined) return streamJsonArray(reader.stream(), envelope);
    const { json, next } = await reader.page(limit, gone);
    if (next) setNextLink(request, reply, next, this.config.publicOrigins);
    return new PreserializedJson(envelope.join(json));
  }
}
