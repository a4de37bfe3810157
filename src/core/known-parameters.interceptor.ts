import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { fieldName, storable, unstorable } from './json-body.js';
import { invalid, type FieldError } from './problem.js';

/** Monitors and browsers may add to the addresses outside what they like. */
const STRICT = /^\/api(?:\/|$)/;

type Handler = ReturnType<ExecutionContext['getHandler']>;

/**
 * Refuses parameters that a route does not know, where no class of its query does. A route with such a class leaves them
 * to the validation.
 */
@Injectable()
export class KnownParametersInterceptor implements NestInterceptor {
  /** By handler, the names that it reads; undefined where it reads the whole query. */
  private readonly known = new Map<Handler, readonly string[] | undefined>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { query, url } = context.switchToHttp().getRequest<FastifyRequest>();
    const given = Object.keys((query ?? {}) as object);
    if (given.length > 0 && STRICT.test(url)) this.check(context, given);
    return next.handle();
  }

  private check(context: ExecutionContext, given: readonly string[]): void {
    const handler = context.getHandler();
    if (!this.known.has(handler)) this.known.set(handler, parametersOf(context));
    const names = this.known.get(handler);
    const unknown = names ? given.filter((name) => !names.includes(name)) : [];
    if (unknown.length > 0) throw invalid(unknown.map(fault));
  }
}

/** What the arguments of a handler say: Nest keeps them by `type:index`, a name in `data`. */
function parametersOf(context: ExecutionContext): readonly string[] | undefined {
  const read = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ??
    {}) as object;
  const queries = Object.entries(read).filter(([key]) => key.startsWith(`${RouteParamtypes.QUERY}:`));
  const names = queries.map(([, { data }]: [string, { data?: unknown }]) => data);
  return names.every((name) => typeof name === 'string') ? names : undefined;
}

function fault(name: string): FieldError {
  if (!storable(name)) return unstorable('query');
  const field = fieldName(name);
  return { field, code: 'unknown_field', message: `${field} is not a known field` };
}
