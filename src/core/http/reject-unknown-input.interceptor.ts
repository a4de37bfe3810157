import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { getMetadataStorage } from 'class-validator';
import { type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { requestContextOf } from '../authorization/actor.js';
import { isApiPath } from './api-path.js';
import { fieldName, isPgText, invalidTextError } from './json-body.parser.js';
import { validationError } from './problem.js';
import { bodyReason, corruptedReasonError, MAX_REASON } from './change-reason.header.js';
import { fieldsOf, reasonsTaken, unknownField } from './validation.pipe.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Error of a body that could not be parsed; undefined for a good one. */
    bodyFault?: Error;
  }
}

/** Input that a handler declares. */
interface DeclaredInput {
  readonly body: boolean;
  /** Names of query parameters; undefined where the validation of a query class rejects unknown ones. */
  readonly parameters: readonly string[] | undefined;
  /** True where its body class has a field `reason` of its own. */
  readonly ownReason: boolean;
}

/**
 * Rejects bodies that could not be parsed, and input that the handler does not declare: a field or parameter that is
 * dropped silently misleads. A route with a class for its body or query leaves that to the validation.
 */
@Injectable()
export class RejectUnknownInputInterceptor implements NestInterceptor {
  /** Cached by handler, since each request looks it up. */
  private readonly declaredInputs = new WeakMap<object, DeclaredInput>();

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { body, bodyFault, query, url } = request;
    if (bodyFault) throw bodyFault;
    const input = this.inputOf(context);
    takeReason(request, input);
    if (body !== undefined && body !== null && !input.body) rejectBody(body);
    // Outside the API, monitors and browsers may add any parameter.
    if (input.parameters && isApiPath(url)) rejectUnknown(Object.keys(query ?? {}), input.parameters);
    return next.handle();
  }

  private inputOf(context: ExecutionContext): DeclaredInput {
    const handler = context.getHandler();
    const input = this.declaredInputs.get(handler) ?? readDeclaredInput(context);
    this.declaredInputs.set(handler, input);
    return input;
  }
}

/** Reads the declared arguments of a handler: Nest stores them by `type:index`, a name in `data`. */
function readDeclaredInput(context: ExecutionContext): DeclaredInput {
  const { name } = context.getHandler();
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), name) ?? {}) as object;
  const of = (type: RouteParamtypes) => Object.entries(declared).filter(([key]) => key.startsWith(`${type}:`));
  const queries = of(RouteParamtypes.QUERY) as [string, { index: number; data?: string }][];
  const [body] = of(RouteParamtypes.BODY) as [string, { index: number }][];
  const types = Reflect.getMetadata('design:paramtypes', context.getClass().prototype as object, name) as unknown[];
  const type = body && types[body[1].index];
  const namesOf = ({ index, data }: { index: number; data?: string }) => (data ? [data] : namesIn(types[index]));
  return {
    body: body !== undefined,
    ownReason: typeof type === 'function' && hasField(type, 'reason'),
    // Beside a body, the faults of the body would come first and hide an unknown parameter.
    parameters:
      body || queries.every(([, { data }]) => data) ? queries.flatMap(([, read]) => namesOf(read)) : undefined,
  };
}

const hasField = (type: object, field: string): boolean => namesIn(type).includes(field);

/** The validated properties of a class. */
function namesIn(type: unknown): string[] {
  const rules = getMetadataStorage().getTargetValidationMetadatas(type as new () => unknown, '', false, false);
  return rules.map(({ propertyName }) => propertyName);
}

/**
 * Takes the reason out of the body of any change: the reason for a change belongs to no record.
 *
 * @throws Problem 422 for a reason that cannot be stored as given
 */
function takeReason(request: FastifyRequest, { ownReason }: DeclaredInput): void {
  const { body, method, user } = request;
  if (!user || method === 'GET' || method === 'HEAD') return;
  if (typeof body !== 'object' || body === null || Array.isArray(body) || !Object.hasOwn(body, 'reason')) return;
  const { reason: given } = body as { reason: unknown };
  if (ownReason) return rejectBrokenReason(given);
  const reason = bodyReason(given);
  reasonsTaken.add(body);
  if (reason === null) return;
  request.requestContext = { ...requestContextOf(request), reason };
  request.user = { ...user, requestContext: request.requestContext };
}

function rejectBrokenReason(reason: unknown): void {
  // A longer one is rejected for its length, by its class.
  if (typeof reason !== 'string' || reason.length > 2 * MAX_REASON) return;
  const fault = corruptedReasonError(reason, 'reason');
  if (fault) throw validationError([fault]);
}

/** @throws Problem 422, unless it is an object without fields */
function rejectBody(body: unknown): void {
  const names = typeof body === 'object' ? fieldsOf(body as object) : ['body'];
  if (names.length > 0) throw validationError(names.map((name) => unknownField(fieldName(name))));
}

function rejectUnknown(given: readonly string[], known: readonly string[]): void {
  const unknown = given.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw validationError(
    unknown.map((name) => (isPgText(name) ? unknownField(fieldName(name)) : invalidTextError('query'))),
  );
}
