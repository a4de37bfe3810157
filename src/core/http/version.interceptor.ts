import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { isUnchanged, tagOf, VersionedJson, weakTagOf } from './entity-tags.js';
import { PreserializedJson } from './streamed-response.js';

/** Answers a `VersionedJson` with its `ETag`; a read whose `If-None-Match` names that version gets 304 without a body. */
@Injectable()
export class VersionInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      map((answer: unknown) => {
        if (!(answer instanceof VersionedJson)) return answer;
        const { json, version, varies } = answer;
        const reply = http.getResponse<FastifyReply>().header('ETag', varies ? weakTagOf(version) : tagOf(version));
        if (varies || !isUnchanged(http.getRequest<FastifyRequest>(), version)) return new PreserializedJson(json);
        void reply.status(304);
        return undefined;
      }),
    );
  }
}
