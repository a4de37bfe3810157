import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { fieldName } from './json-body.js';
import { invalid } from './problem.js';
import { unknownField } from './validation.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Why the body that came is none that can be read. */
    bodyFault?: Error;
  }
}

/** By handler: each request asks. */
const readers = new WeakMap<object, boolean>();

/** Refuses bodies that nobody could read, and those that nobody would: a field that is dropped in silence misleads. */
@Injectable()
export class BodyInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { body, bodyFault } = context.switchToHttp().getRequest<FastifyRequest>();
    if (bodyFault) throw bodyFault;
    if (body !== undefined && body !== null && !readsBody(context)) refuse(body);
    return next.handle();
  }
}

/** @throws Problem 422, unless it is an object without fields */
function refuse(body: unknown): void {
  const names = typeof body === 'object' ? Object.keys(body as object) : ['body'];
  if (names.length > 0) throw invalid(names.map((name) => unknownField(fieldName(name))));
}

function readsBody(context: ExecutionContext): boolean {
  const handler = context.getHandler();
  let reads = readers.get(handler);
  if (reads === undefined) {
    const parameters: unknown = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler.name);
    reads = Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.BODY}:`));
    readers.set(handler, reads);
  }
  return reads;
}
