import { Injectable, ValidationPipe, type ArgumentMetadata, type ValidationError } from '@nestjs/common';
import { fieldName, isPgText, invalidTextError } from './json-body.parser.js';
import { validationError, type FieldError, type Problem } from './problem.js';
import { assertTextLengths } from './text-lengths.js';

const READ_ONLY = Symbol('ctms:read-only');

/**
 * Declares fields of a resource that only the server sets. A client may send them back as it read them; they are
 * ignored, while any other unknown field is rejected.
 */
export function ReadOnly(...fields: string[]): ClassDecorator {
  return (target) => Reflect.defineMetadata(READ_ONLY, fields, target);
}

/** Bodies whose `reason` was taken as the reason of the change. */
export const reasonsTaken = new WeakSet<object>();

/** Returns the fields of a body that belong to its class. */
export const fieldsOf = (body: object): string[] =>
  Object.keys(body).filter((field) => field !== 'reason' || !reasonsTaken.has(body));

/** Longer queries seldom repeat. */
const MAX_KEY = 300;
const MAX_KNOWN = 500;

/** Rules on the type of a value. The messages of other rules would mislead for a value of another type. */
const TYPE_RULES = new Set(['isString', 'isInt', 'isNumber', 'isBoolean', 'isArray', 'isObject', 'isDate']);

/** Validates bodies and queries against their class; unknown fields are 422. No response repeats a submitted value. */
@Injectable()
export class DtoValidationPipe extends ValidationPipe {
  /** Parsed valid queries, by class and text. */
  private readonly known = new Map<ArgumentMetadata['metatype'], Map<string, unknown>>();

  constructor() {
    super({
      whitelist: true,
      forbidNonWhitelisted: true,
      transform: true,
      validationError: { target: false },
      exceptionFactory: (errors: ValidationError[]): Problem =>
        validationError(errors.flatMap((error) => toFieldErrors(error))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && isClass(metadata.metatype)) {
      const body = asBody(value, metadata);
      assertTextLengths(body, metadata.metatype as new () => unknown);
      return super.transform(body, metadata);
    }
    if (metadata.type === 'query') return this.query(value, metadata);
    return super.transform(value, metadata);
  }

  private async query(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const key = JSON.stringify(value ?? {});
    const known = this.parsedQueries(metadata.metatype);
    if (known.has(key)) return known.get(key);
    assertPgTexts(value);
    rejectInheritedNames(value ?? {});
    const query: unknown = await super.transform(value, metadata);
    if (known.size >= MAX_KNOWN) known.clear();
    if (key.length <= MAX_KEY) known.set(key, Object.freeze(query));
    return query;
  }

  private parsedQueries(metatype: ArgumentMetadata['metatype']): Map<string, unknown> {
    const known = this.known.get(metatype) ?? new Map<string, unknown>();
    this.known.set(metatype, known);
    return known;
  }
}

function isClass(metatype: ArgumentMetadata['metatype']): boolean {
  return Boolean(metatype) && metatype !== Object && metatype !== String && metatype !== Array;
}

function asBody(value: unknown, { metatype }: ArgumentMetadata): object {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw validationError([{ field: 'body', code: 'not_an_object', message: 'The body must be a JSON object' }]);
  }
  rejectInheritedNames(value);
  const readOnly = (Reflect.getMetadata(READ_ONLY, metatype as object) ?? []) as string[];
  return Object.fromEntries(
    fieldsOf(value)
      .filter((field) => !readOnly.includes(field))
      .map((field) => [field, (value as Record<string, unknown>)[field]]),
  );
}

function assertPgTexts(query: unknown): void {
  const pairs = Object.entries((query ?? {}) as Record<string, string | string[]>);
  const bad = pairs.filter(([name, value]) => ![name, ...[value].flat()].every((text) => isPgText(String(text))));
  if (bad.length > 0) throw validationError(bad.map(([name]) => invalidTextError(isPgText(name) ? name : 'query')));
}

/** Returns one error a field: the first rule that failed, with type rules before all others. */
function toFieldErrors({ property, value, constraints, children }: ValidationError, path = ''): FieldError[] {
  const field = fieldName(path ? `${path}.${property}` : property);
  const failed = Object.entries(constraints ?? {});
  const first = failed.find(([rule]) => TYPE_RULES.has(rule)) ?? failed[0];
  const own = first ? [fieldError(field, first[0], value, first[1])] : [];
  return [...own, ...(children ?? []).flatMap((child) => toFieldErrors(child, field))];
}

export const unknownField = (field: string): FieldError => ({
  field,
  code: 'unknown_field',
  message: `${field} is not a known field`,
});

/** Rejects names of `Object.prototype`: no DTO has them, and a lookup by name would find the inherited member. */
function rejectInheritedNames(value: object): void {
  const names = Object.keys(value).filter((name) => name in Object.prototype);
  if (names.length > 0) throw validationError(names.map(unknownField));
}

/** Names a missing or null value as such: the message of whichever rule fails first would not help to correct it. */
function fieldError(field: string, rule: string, value: unknown, message: string): FieldError {
  if (rule === 'whitelistValidation') return unknownField(field);
  if (value === undefined) return { field, code: 'required', message: `${field} is required` };
  if (value === null) return { field, code: 'not_null', message: `${field} must not be null` };
  return { field, code: rule.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), message };
}
