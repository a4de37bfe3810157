import { setImmediate as nextTurn } from 'node:timers/promises';
import { type OpenAPIObject } from '@nestjs/swagger';

/** Schema as the library writes it, for OpenAPI 3.0. */
interface OldSchema {
  readonly type?: string;
  readonly nullable?: boolean;
  readonly allOf?: readonly object[];
  readonly [keyword: string]: unknown;
}

const NULL = { type: 'null' };
/** Keywords whose content is data of the API and no schema. */
const DATA: ReadonlySet<string> = new Set(['example', 'examples', 'enum', 'default']);

/**
 * Converts a document of OpenAPI 3.0, as the library writes it, to 3.1, whose schemas are JSON Schema 2020-12: what may be null
 * has the type `null` beside its own, and `nullable` is gone. Examples and values stay as they are.
 * In pieces, between which other requests are answered.
 */
export async function toOpenApi31(document: OpenAPIObject): Promise<OpenAPIObject> {
  const { components = {} } = document;
  const common = converted({ ...document, paths: {}, components: { ...components, schemas: {} } });
  return {
    ...common,
    openapi: '3.1.0',
    paths: await eachConverted(document.paths),
    components: { ...common.components, schemas: await eachConverted(components.schemas ?? {}) },
  };
}

async function eachConverted<T>(entries: Readonly<Record<string, T>>): Promise<Record<string, T>> {
  const all: Record<string, T> = {};
  for (const [name, entry] of Object.entries(entries)) {
    await nextTurn();
    all[name] = converted(entry);
  }
  return all;
}

/** @param isMap true for an object whose keys are names of fields and not keywords */
function converted<T>(node: T, isMap = false): T {
  if (Array.isArray(node)) return node.map((item: unknown) => converted(item)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => {
    const isData = !isMap && DATA.has(key);
    return [key, isData ? value : converted<unknown>(value, !isMap && key === 'properties')] as const;
  });
  return withNull(Object.fromEntries(entries)) as T;
}

function withNull({ nullable, ...schema }: OldSchema): object {
  if (nullable !== true) return nullable === undefined ? schema : { ...schema, nullable };
  const { type, allOf, ...others } = schema;
  if (allOf) return { ...others, anyOf: [...allOf, NULL] };
  return type === undefined ? schema : { ...others, type: [type, 'null'] };
}
