import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Observable } from 'rxjs';
import { requestContextOf } from '../authorization/actor.js';
import { isApiPath } from './api-path.js';
import { declaredInputOf, type DeclaredInput } from './input.decorators.js';
import { fieldName, isPgText, invalidTextError } from './json-body.parser.js';
import { validationError } from './problem.js';
import { bodyReason, corruptedReasonError, MAX_REASON } from './change-reason.header.js';
import { fieldsOf, reasonsTaken, unknownField } from './validation.pipe.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Error of a body that could not be parsed; undefined for a good one. */
    bodyParseError?: Error;
  }
}

/**
 * Rejects bodies that could not be parsed, and input that the handler does not declare: a field or parameter that is
 * dropped silently misleads. A route with a class for its body or query leaves that to the validation.
 */
@Injectable()
export class RejectUnknownInputInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { bodyParseError, query, url } = request;
    if (bodyParseError) throw bodyParseError;
    const declared = declaredInputOf(context.getHandler());
    takeReason(request, declared);
    if (!declared.body) rejectBody(request.body);
    // Outside the API, monitors and browsers may add any parameter.
    if (isApiPath(url)) rejectUnknown(Object.keys(query ?? {}), declared);
    return next.handle();
  }
}

/**
 * Takes the reason out of the body of any change: the reason for a change belongs to no record.
 *
 * @throws Problem 422 for a reason that cannot be stored as given
 */
function takeReason(request: FastifyRequest, { body: fields }: DeclaredInput): void {
  const { body, method, user } = request;
  if (!user || method === 'GET' || method === 'HEAD') return;
  if (typeof body !== 'object' || body === null || Array.isArray(body) || !Object.hasOwn(body, 'reason')) return;
  const { reason: given } = body as { reason: unknown };
  // A class with a field of that name keeps it: the reason is part of its record.
  if (fields?.includes('reason')) return rejectBrokenReason(given);
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
  if (body === undefined || body === null) return;
  const names = typeof body === 'object' ? fieldsOf(body as object) : ['body'];
  if (names.length > 0) throw validationError(names.map((name) => unknownField(fieldName(name))));
}

function rejectUnknown(given: readonly string[], { body, query }: DeclaredInput): void {
  // The validation of a query class names unknown parameters beside its other faults. Beside a body it comes too late:
  // the faults of the body would hide an unknown parameter.
  if (query && !body) return;
  const unknown = given.filter((name) => !query?.includes(name));
  if (unknown.length === 0) return;
  throw validationError(
    unknown.map((name) => (isPgText(name) ? unknownField(fieldName(name)) : invalidTextError('query'))),
  );
}
