import { document as whole } from './openapi.js';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: JsonSchema;
}

export interface JsonSchema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

interface Media {
  readonly schema?: JsonSchema;
}
interface Written {
  readonly parameters?: readonly (Parameter | { readonly $ref: string })[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
  readonly security?: readonly object[];
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Written>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
}

/** An operation of the API, as its OpenAPI document says. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Undefined for one without a body. */
  readonly body?: JsonSchema;
  /** Media type of its body; undefined for one without. */
  readonly mediaType?: string;
  readonly responses: Written['responses'];
  readonly anyone: boolean;
}

const document = whole as unknown as Document;

export const schemas = document.components.schemas;
export const operations: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, written]) => operationOf(method, path, written)),
);

function operationOf(method: string, path: string, written: Written): Operation {
  const body = written.requestBody?.content['application/json']?.schema;
  const [mediaType] = Object.keys(written.requestBody?.content ?? {});
  return {
    method: method.toUpperCase(),
    path,
    parameters: (written.parameters ?? []).map((given) => ('$ref' in given ? parameterAt(given.$ref) : given)),
    ...(body && { body: resolved(body) }),
    ...(mediaType && { mediaType }),
    responses: written.responses,
    anyone: written.security?.length === 0,
  };
}

function parameterAt(reference: string): Parameter {
  const found = document.components.parameters[nameIn(reference)];
  if (!found) throw new Error(`There is no ${reference}`);
  return found;
}

/** A schema, or the one that it refers to. */
export function resolved(schema: JsonSchema): JsonSchema {
  return schema.$ref ? (schemas[nameIn(schema.$ref)] ?? {}) : schema;
}

function nameIn(reference: string): string {
  return reference.split('/').at(-1) ?? '';
}
