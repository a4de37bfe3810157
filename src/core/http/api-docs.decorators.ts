import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiExtension,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  type ApiPropertyOptions,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import { CoreProblem, type ProblemKind } from './problem.js';

interface ApiRouteOptions {
  readonly summary: string;
  /** Name for generated clients; by default made of controller and method. */
  readonly operationId?: string;
  readonly description?: string;
  /** Shape of the answer; `[View]` for a list of it. Left out: no body. */
  readonly response?: Type | [Type];
  /** Media types of an answer that is text and no JSON. */
  readonly text?: readonly string[];
  /** Media type of an answer that is a file of bytes. */
  readonly file?: string;
  /** Status of success; default 200. */
  readonly status?: number;
  readonly responseDescription?: string;
  /** Whether `limit` makes the list a page: its headers and problems are added. */
  readonly paged?: boolean;
  readonly headers?: ApiResponseOptions['headers'];
  /** What this route refuses with, beyond what every route may. */
  readonly errors?: readonly ProblemKind[];
  /** Whether `ChangeConfirmation` may ask for the current password: its refusals and its header are added. */
  readonly confirmedByPassword?: boolean;
  /** Whether `If-Match` makes it conditional. */
  readonly conditional?: boolean;
  /** Whether `If-None-Match` saves reading again what has not changed. */
  readonly cacheable?: boolean;
}

export const API_ERRORS = 'x-refuses';
export const CONFIRMED_BY_PASSWORD = 'x-confirmed-by-password';
const TEXT = { type: 'string' as const };
const BYTES = { ...TEXT, format: 'binary' };

/** The headers of a list that may come in pages. */
const PAGE_HEADERS = {
  Link: { description: 'With `limit`: `<…>; rel="next"`, unless this is the last page', schema: TEXT },
  'X-Total-Count': { description: 'With `include_total=true`: over all pages', schema: { type: 'integer' as const } },
};

/** The documents of a route, in one place: summary, answer, problems by code. Who may call it comes from `@Can`. */
export function ApiRoute(route: ApiRouteOptions): MethodDecorator {
  const list = Array.isArray(route.response);
  const type = Array.isArray(route.response) ? route.response[0] : route.response;
  const success = {
    status: route.status ?? 200,
    description: route.responseDescription ?? 'Done',
    ...(type && { type, isArray: list }),
    ...(route.text && { content: Object.fromEntries(route.text.map((media) => [media, { schema: TEXT }])) }),
    ...(route.file && { content: { [route.file]: { schema: BYTES } } }),
    ...((route.headers ?? route.paged) && { headers: { ...route.headers, ...(route.paged && PAGE_HEADERS) } }),
  };
  const etag = {
    name: 'If-Match',
    required: false,
    description: 'The `ETag` that was read, or several; 412 if the record has changed since',
  };
  const known = {
    name: 'If-None-Match',
    required: false,
    description: 'The `ETag` that was read, or several; 304 without a body if the record has not changed since',
  };
  return applyDecorators(
    ApiOperation({
      summary: route.summary,
      ...(route.operationId && { operationId: route.operationId }),
      ...(route.description && { description: route.description }),
    }),
    success.status === 200 ? ApiOkResponse(success) : ApiResponse(success),
    ApiExtension(
      API_ERRORS,
      [...(route.errors ?? []), ...(route.paged ? [CoreProblem.invalid_cursor] : [])].map(
        ({ code, status, title, example }) => ({
          code,
          status,
          title,
          ...(example && { example }),
        }),
      ),
    ),
    ...(route.confirmedByPassword ? [ApiExtension(CONFIRMED_BY_PASSWORD, true)] : []),
    ...(route.conditional ? [ApiHeader(etag)] : []),
    ...(route.cacheable
      ? [ApiHeader(known), ApiResponse({ status: 304, description: 'Not changed since it was read' })]
      : []),
  );
}

/** Where the library keeps what is said of a property. */
const PROPERTY = 'swagger/apiModelProperties';

/**
 * What the API documents say of a property beyond its type and comment. Unlike `@ApiProperty` it leaves the property at
 * its place among the others, and needs no type, so decorators that check a value can tell what they check.
 */
export function ApiSchemaHint(facts: ApiPropertyOptions): PropertyDecorator {
  return (target, property) => {
    const known = (Reflect.getMetadata(PROPERTY, target, property) ?? {}) as ApiPropertyOptions;
    Reflect.defineMetadata(PROPERTY, { ...known, ...facts }, target, property);
  };
}
