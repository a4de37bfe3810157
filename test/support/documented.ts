import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { type Response } from 'supertest';

interface Schema {
  properties?: Record<string, unknown>;
  additionalProperties?: unknown;
}
interface Operation {
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}

const { paths, components } = JSON.parse(readFileSync(join(process.cwd(), 'test/openapi.json'), 'utf8'), orNull) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const routes = Object.keys(paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}/?$`),
  // `/tasks/analytics` is no task.
  rank: path.split('{').length,
}));
routes.sort((a, b) => a.rank - b.rank);

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
 * Refuses an answer that the API's document does not describe: its status, each of its fields, and no other. Addresses that
 * it does not have are those of extensions.
 */
export function documented(method: string, url: string, { status, type, body }: Response): void {
  const [address = ''] = url.split('?');
  const operation = paths[routes.find(({ pattern }) => pattern.exec(address))?.path ?? '']?.[method];
  if (!operation || type !== 'application/json') return;
  const schema = operation.responses[String(status)]?.content?.['application/json']?.schema;
  if (!schema) throw new Error(`${method} ${url}: the document has no JSON for ${status}`);
  const fault = fits(schema, body);
  if (fault) throw new Error(`${method} ${url}: ${fault}\n${JSON.stringify(body).slice(0, 500)}`);
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

/** OpenAPI 3.0 says `nullable` beside a reference, as generators of clients read it; JSON Schema says either. */
function orNull(_key: string, value: unknown): unknown {
  const { nullable, allOf } = (value ?? {}) as { nullable?: boolean; allOf?: object[] };
  return nullable && allOf ? { anyOf: [{ type: 'null' }, { allOf }] } : value;
}
