import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { isOfApi } from './api-address.js';
import { fieldName, storable, unstorable } from './json-body.js';
import { invalid } from './problem.js';
import { unknownField } from './validation.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Why the body that came is none that can be read. */
    bodyFault?: Error;
  }
}

/** What a handler reads of a request. */
interface Reading {
  readonly body: boolean;
  /** Names of parameters; undefined where it reads the whole query. */
  readonly parameters: readonly string[] | undefined;
}

/**
 * Refuses bodies that nobody could read, and what nobody would read: a field or parameter that is dropped in silence misleads.
 * A route with a class for its body or query leaves that to the validation.
 */
@Injectable()
export class KnownFieldsInterceptor implements NestInterceptor {
  /** By handler: each request asks. */
  private readonly readings = new WeakMap<object, Reading>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { body, bodyFault, query, url } = context.switchToHttp().getRequest<FastifyRequest>();
    if (bodyFault) throw bodyFault;
    const reading = this.readingOf(context);
    if (body !== undefined && body !== null && !reading.body) refuseBody(body);
    // Monitors and browsers may add to the addresses outside what they like.
    if (reading.parameters && isOfApi(url)) refuseUnknown(Object.keys(query ?? {}), reading.parameters);
    return next.handle();
  }

  private readingOf(context: ExecutionContext): Reading {
    const handler = context.getHandler();
    let reading = this.readings.get(handler);
    if (!reading) this.readings.set(handler, (reading = declared(context)));
    return reading;
  }
}

/** What the arguments of a handler say: Nest keeps them by `type:index`, a name in `data`. */
function declared(context: ExecutionContext): Reading {
  const { name } = context.getHandler();
  const read = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), name) ?? {}) as object;
  const of = (type: RouteParamtypes) => Object.entries(read).filter(([key]) => key.startsWith(`${type}:`));
  const names = of(RouteParamtypes.QUERY).map(([, { data }]: [string, { data?: unknown }]) => data);
  return {
    body: of(RouteParamtypes.BODY).length > 0,
    parameters: names.every((data) => typeof data === 'string') ? names : undefined,
  };
}

/** @throws Problem 422, unless it is an object without fields */
function refuseBody(body: unknown): void {
  const names = typeof body === 'object' ? Object.keys(body as object) : ['body'];
  if (names.length > 0) throw invalid(names.map((name) => unknownField(fieldName(name))));
}

function refuseUnknown(given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw invalid(unknown.map((name) => (storable(name) ? unknownField(fieldName(name)) : unstorable('query'))));
}
