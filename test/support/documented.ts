import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { type Response } from 'supertest';
import { document } from './openapi.js';

interface Schema {
  properties?: Record<string, unknown>;
  additionalProperties?: unknown;
}
interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}

const { paths, components } = structuredClone(document) as unknown as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const patterns = new Map<string, RegExp>();

const ajv = new Ajv({ strict: false, allErrors: true });
// It has been made for ES modules and is loaded as none here.
(addFormats as unknown as (ajv: Ajv) => void)(ajv);
for (const format of ['int32', 'int64', 'float', 'double', 'binary', 'password']) ajv.addFormat(format, true);
for (const schema of Object.values(components.schemas)) {
  if (schema.properties && schema.additionalProperties === undefined) schema.additionalProperties = false;
}
ajv.addSchema({ $id: 'api', components });
const known = new Map<object, ValidateFunction>();

/**
 * Refuses an answer that the API's document does not describe: its status, each of its fields, and no other. A route that the
 * document does not have is that of an extension whose `openapi.json` has still to be written.
 *
 * @param routes the routes that the product has, as `/api/tasks/{id}`
 */
export function documented(
  method: string,
  url: string,
  { status, type, body }: Response,
  routes: readonly string[],
): void {
  const [address = ''] = url.split('?');
  const operation = paths[routeOf(address, routes) ?? '']?.[method];
  if (!operation || type !== 'application/json') return;
  const schema = operation.responses[String(status)]?.content?.['application/json']?.schema;
  if (!schema) throw new Error(`${method} ${url}: the document has no JSON for ${status}`);
  const fault = fits(schema, body);
  if (fault) throw new Error(`${method} ${url}: ${fault}\n${JSON.stringify(body).slice(0, 500)}`);
}

/** The route that answers an address: `/tasks/analytics` is no task. */
function routeOf(address: string, routes: readonly string[]): string | undefined {
  const fitting = routes.filter((route) => patternOf(route).test(address));
  return fitting.sort((a, b) => a.split('{').length - b.split('{').length)[0];
}

function patternOf(route: string): RegExp {
  const pattern = patterns.get(route) ?? new RegExp(`^${route.replaceAll(/\{[^}]+\}/g, '[^/]+')}/?$`);
  patterns.set(route, pattern);
  return pattern;
}

/** @returns why a value is not of a schema of the document; undefined where it is */
export function fits(schema: object, value: unknown): string | undefined {
  const validate = known.get(schema) ?? ajv.compile(within(schema));
  known.set(schema, validate);
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

/** References point into the whole document. */
const within = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')) as object;
