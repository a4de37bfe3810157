import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiExtension,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
  type ApiPropertyOptions,
  type ApiResponseOptions,
} from '@nestjs/swagger';
import { CoreProblem, type ProblemKind } from './problem.js';

interface ApiRouteOptions {
  readonly summary: string;
  /** Operation id for generated clients; default: made of controller and method. */
  readonly operationId?: string;
  readonly description?: string;
  /** Response schema; `[View]` for a list of it. Undefined: no body. */
  readonly response?: Type | [Type];
  /** Media types of a plain-text response. */
  readonly text?: readonly string[];
  /** Media type of a binary file response. */
  readonly file?: string;
  /** Media types of a response that is a JSON document of another standard. */
  readonly document?: readonly string[];
  /** Success status; default 200. */
  readonly status?: number;
  readonly responseDescription?: string;
  /** True where `limit` makes the list a page: adds its headers and problems. */
  readonly paged?: boolean;
  readonly headers?: ApiResponseOptions['headers'];
  /** Problems of this route, beyond those of every route. */
  readonly errors?: readonly ProblemKind[];
  /** True where `ChangeConfirmation` may require the current password: adds its problems and its header. */
  readonly confirmedByPassword?: boolean;
  /** True where `If-Match` makes it conditional. */
  readonly conditional?: boolean;
  /** True where `If-None-Match` saves reading an unchanged record again. */
  readonly cacheable?: boolean;
}

export const API_ERRORS = 'x-refuses';
export const CONFIRMED_BY_PASSWORD = 'x-confirmed-by-password';
const TEXT_SCHEMA = { type: 'string' as const };
const DOCUMENT_SCHEMA = { type: 'object' as const, additionalProperties: true };
const BINARY_SCHEMA = { ...TEXT_SCHEMA, format: 'binary' };

/** Response header of a record with a version. */
export const ETAG_HEADER = {
  ETag: { description: 'The version of the record', schema: { ...TEXT_SCHEMA, example: '"1"' } },
};

/** Response headers of a paginated list. */
const PAGE_HEADERS = {
  Link: { description: 'With `limit`: `<…>; rel="next"`, unless this is the last page', schema: TEXT_SCHEMA },
  'X-Total-Count': { description: 'With `include_total=true`: over all pages', schema: { type: 'integer' as const } },
};

/** Documents a route in one place: summary, response, problems by code. `@Can` adds who may call it. */
export function ApiRoute(route: ApiRouteOptions): MethodDecorator {
  const list = Array.isArray(route.response);
  const type = Array.isArray(route.response) ? route.response[0] : route.response;
  const success = {
    status: route.status ?? 200,
    description: route.responseDescription ?? 'Done',
    ...(type && { type, isArray: list }),
    ...(route.text && { content: Object.fromEntries(route.text.map((media) => [media, { schema: TEXT_SCHEMA }])) }),
    ...(route.file && { content: { [route.file]: { schema: BINARY_SCHEMA } } }),
    ...(route.document && {
      content: Object.fromEntries(route.document.map((media) => [media, { schema: DOCUMENT_SCHEMA }])),
    }),
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

export const AREA_TEXT = 'x-area-text';

/**
 * Groups the operations of a controller of an extension under a tag of the API documents.
 *
 * @param tag such as `visits`
 * @param text describes it in a line
 */
export function ApiArea(tag: string, text: string): ClassDecorator {
  return applyDecorators(ApiTags(tag), ApiExtension(AREA_TEXT, text));
}

/** Metadata key under which @nestjs/swagger stores a property's options. */
const PROPERTY_METADATA = 'swagger/apiModelProperties';

/**
 * Adds schema facts to a property beyond its type and comment. Unlike `@ApiProperty` it keeps the order of the
 * properties and needs no type, so validation decorators can document what they check. Of two that declare the same fact,
 * the upper one holds; there, `undefined` withdraws it.
 */
export function ApiSchemaHint(facts: ApiPropertyOptions): PropertyDecorator {
  return (target, property) => {
    const known = (Reflect.getMetadata(PROPERTY_METADATA, target, property) ?? {}) as ApiPropertyOptions;
    const declared = Object.entries({ ...known, ...facts }).filter(([, value]) => value !== undefined);
    Reflect.defineMetadata(PROPERTY_METADATA, Object.fromEntries(declared), target, property);
    const hints = schemaHintsOf(target);
    Reflect.defineMetadata(HINTS, [...hints, { property, facts }], target);
  };
}

interface SchemaHint {
  readonly property: string | symbol;
  readonly facts: ApiPropertyOptions;
}

const HINTS = Symbol('ctms:schema-hints');

/** Returns the hints of a class, for the mapped types of mapped-types.ts. @param prototype of the class */
export const schemaHintsOf = (prototype: object): readonly SchemaHint[] =>
  (Reflect.getMetadata(HINTS, prototype) ?? []) as readonly SchemaHint[];
