import { applyDecorators, createParamDecorator, UseInterceptors, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, type ApiBodyOptions } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { type Readable } from 'node:stream';
import { NoIdempotencyKey } from './idempotency.decorators.js';
import { CoreProblem } from './problem.js';
import { UploadBudgetInterceptor } from './upload-budget.interceptor.js';

/** Body that a route reads by itself, as it comes. */
interface StreamedBodyOptions {
  readonly mediaTypes: readonly string[];
  readonly maxBytes: number;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A body of this route is not parsed before the handler; it reads it with `StreamedBody`. */
    streamedBody?: StreamedBodyOptions;
  }
  interface FastifyRequest {
    /** Media type of the body of a route with `streamedBody`, in lower case and without parameters. */
    streamedMediaType?: string;
  }
}

/**
 * Declares that a route takes large bodies, which its handler reads in parts, after the caller is authorized: nothing of
 * them is kept for a stranger. A handler that judges a record asserts that first. Other media types are 415; a body
 * beyond the budget `upload_bytes` is 429 or 503 before it is read.
 */
export function StreamsBody(options: StreamedBodyOptions, documented: ApiBodyOptions): MethodDecorator {
  return applyDecorators(
    RouteConfig({ streamedBody: options }),
    UseInterceptors(UploadBudgetInterceptor),
    ApiConsumes(...options.mediaTypes),
    ApiBody(documented),
    NoIdempotencyKey('its body is read in parts; repeating it changes nothing'),
  );
}

/** The body of a route under `StreamsBody`. */
export class BodyStream {
  constructor(
    readonly mediaType: string,
    private readonly source: Readable,
    private readonly maxBytes: number,
  ) {}

  /**
   * Reads the body once, part by part. Where the reader stops early, the rest is discarded: a client that still sends would not
   * read the answer.
   *
   * @throws Problem 413 past the limit of the route, 400 where the body ends early
   */
  async *parts(): AsyncGenerator<Buffer> {
    let bytes = 0;
    try {
      for await (const part of this.source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        bytes += part.length;
        if (bytes > this.maxBytes) break;
        yield part;
      }
    } catch {
      throw CoreProblem.bad_request('The body ended before it was complete');
    } finally {
      this.source.resume();
    }
    if (bytes > this.maxBytes) throw CoreProblem.payload_too_large(`The body is larger than ${this.maxBytes} bytes`);
  }
}

/** Injects the body of a route under `StreamsBody`, as `BodyStream`. */
export const StreamedBody = createParamDecorator((_: unknown, context: ExecutionContext): BodyStream => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const { mediaTypes = [], maxBytes = 0 } = request.routeOptions.config.streamedBody ?? {};
  const mediaType = request.streamedMediaType;
  if (mediaType === undefined) throw CoreProblem.bad_request(`Send a body of type ${mediaTypes.join(' or ')}`);
  return new BodyStream(mediaType, request.raw, maxBytes);
});
