/** Members of a schema that are refined here. */
export interface Schema {
  type?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  enum?: unknown[];
  nullable?: boolean;
  example?: unknown;
  items?: Schema | boolean;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
}

const FORMATS: readonly (readonly [example: RegExp, format: string])[] = [
  [/^\d{4}-\d\d-\d\dT[\d:.]+Z$/, 'date-time'],
  [/^\d{4}-\d\d-\d\d$/, 'date'],
  [/^[^\s@]+@[^\s@]+$/, 'email'],
];
const MAX_INT32 = 2_147_483_647;
const FROM_ONE = /^(?:.*_)?ids?$|^(?:version|actor|assigned_to|created_by|changed_by|parent_task|tags)$/;
const FROM_ZERO = /^(?:(?:.*_)?count|total)$/;

/**
 * Refines schemas for client generators by their examples, where TypeScript's types are too coarse: a number is an
 * integer unless its example has decimals, of 64 bits where its example needs them; a string takes the format of its
 * example, such as a time, a day or an e-mail address. Names determine where ids and counts begin. A nullable schema
 * without an example gets null.
 */
export function refineSchema(schema: Schema, name = ''): void {
  if (schema.nullable && schema.example === undefined) schema.example = null;
  if (schema.type === 'number' || schema.type === 'integer') numberOf(schema, name);
  if (schema.type === 'string') textOf(schema);
  // OpenAPI 3.0.3: null must be among the values of an enum; `nullable` alone does not allow it.
  if (schema.nullable && schema.enum) schema.enum = [...new Set([...schema.enum, null])];
  if (schema.items === true) schema.items = {};
  if (schema.type === 'array' && typeof schema.items === 'object') lengthsOf(schema, schema.items);
  const { items, additionalProperties: others, example } = schema;
  if (items && typeof items === 'object') {
    const [first] = Array.isArray(example) ? (example as unknown[]) : [];
    refineSchema(Object.assign(items, { example: first }), name);
    delete items.example;
  }
  if (others && typeof others === 'object') refineSchema(others);
  for (const [property, inner] of Object.entries(schema.properties ?? {})) refineSchema(inner, property);
}

function numberOf(schema: Schema, name: string): void {
  const { example } = schema;
  if (typeof example === 'number' && !Number.isInteger(example)) return;
  schema.type = 'integer';
  const largest = Math.max(schema.maximum ?? 0, typeof example === 'number' ? example : 0);
  schema.format ??= largest > MAX_INT32 ? 'int64' : 'int32';
  if (FROM_ONE.test(name)) schema.minimum ??= 1;
  if (FROM_ZERO.test(name)) schema.minimum ??= 0;
}

/** Moves the lengths of a per-item validator, which the library sets on the array, to its items. */
function lengthsOf(schema: Schema, items: Schema): void {
  for (const limit of ['minLength', 'maxLength'] as const) {
    if (schema[limit] === undefined) continue;
    items[limit] ??= schema[limit];
    delete schema[limit];
  }
}

function textOf(schema: Schema): void {
  const format = FORMATS.find(([pattern]) => typeof schema.example === 'string' && pattern.test(schema.example))?.[1];
  if (format) schema.format ??= format;
}
