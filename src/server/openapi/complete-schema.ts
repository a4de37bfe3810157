/** Members of a schema that are completed here. */
export interface Schema {
  type?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  enum?: unknown[];
  nullable?: boolean;
  example?: unknown;
  items?: Schema | boolean;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
}

const INTEGER_FORMAT = /^int(?:32|64)$/;

/**
 * Completes schemas by what follows from what is declared: a format of integers makes a number one, and what may be null
 * has null among its values and, without an example, as its example.
 */
export function completeSchema(schema: Schema): void {
  if (schema.nullable && schema.example === undefined) schema.example = null;
  if (schema.type === 'number' && INTEGER_FORMAT.test(schema.format ?? '')) schema.type = 'integer';
  // OpenAPI 3.0.3: null must be among the values of an enum; `nullable` alone does not allow it.
  if (schema.nullable && schema.enum) schema.enum = [...new Set([...schema.enum, null])];
  if (schema.items === true) schema.items = {};
  const { items, additionalProperties: others } = schema;
  if (isSchema(items)) {
    moveLengths(schema, items);
    completeSchema(items);
  }
  if (isSchema(others)) completeSchema(others);
  Object.values(schema.properties ?? {}).forEach(completeSchema);
}

const isSchema = (value: Schema | boolean | undefined): value is Schema => typeof value === 'object';

/** Moves the lengths of a per-item validator, which the library sets on the array, to its items. */
function moveLengths(schema: Schema, items: Schema): void {
  for (const limit of ['minLength', 'maxLength'] as const) {
    if (schema[limit] === undefined) continue;
    items[limit] ??= schema[limit];
    delete schema[limit];
  }
}
