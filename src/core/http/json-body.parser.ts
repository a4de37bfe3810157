import { isUtf8 } from 'node:buffer';
import { jsonStructure, MAX_DEPTH, MAX_VALUES } from './json-structure.js';
import { CoreProblem, validationError, type FieldError } from './problem.js';

const MAX_NAME = 100;
const UTF8_BOM = '\ufeff';

/**
 * Parses a JSON body strictly: valid UTF-8, no duplicate keys, no deep nesting, no more values than any call needs,
 * no text that PostgreSQL cannot hold. An empty body is undefined, for any content type.
 *
 * @param maxValues more than the default for the few calls that take many records
 * @throws Problem 400 `invalid_json`, or 422 naming the field
 */
export function parseJsonBody(body: Buffer, maxValues = MAX_VALUES): unknown {
  if (body.length === 0) return undefined;
  if (!isUtf8(body)) throw CoreProblem.invalid_json('The body is not valid UTF-8');
  const structure = jsonStructure(body, maxValues);
  assertDepth(structure.depth);
  assertValues(structure.values, maxValues);
  const sent = body.toString('utf8');
  const text = sent.startsWith(UTF8_BOM) ? sent.slice(1) : sent;
  const value = parse(text);
  const { keys, errors } = inspect(value, maxValues);
  if (errors.length > 0) throw validationError(errors);
  if (keys !== structure.keys) throw CoreProblem.invalid_json('The body has a key twice in one object');
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Node quotes the body in some of its messages, and a body may hold a password: only the position is passed on.
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    throw CoreProblem.invalid_json(`The body is not valid JSON${position ? ` (at character ${position})` : ''}`);
  }
}

function assertDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw CoreProblem.invalid_json(`The body is nested deeper than ${MAX_DEPTH} levels`);
}

function assertValues(values: number, max: number): void {
  if (values > max) throw CoreProblem.invalid_json(`The body has more than ${max} values`);
}

/** Walks a parsed body without recursion, since the sender chooses its depth. */
function inspect(root: unknown, maxValues: number): { keys: number; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }];
  let keys = 0;
  let values = 0;
  for (let item = open.pop(); item; item = open.pop()) {
    const { value, path, depth } = item;
    assertValues(++values, maxValues);
    assertDepth(depth);
    if (typeof value === 'string' && !isPgText(value)) errors.push(invalidTextError(path || 'body'));
    if (typeof value !== 'object' || value === null) continue;
    const isArray = Array.isArray(value);
    for (const [key, child] of Object.entries(value)) {
      if (!isArray) {
        keys++;
        if (!isPgText(key) || key === '__proto__')
          throw CoreProblem.invalid_json('The body has a key that is not allowed');
      }
      // Truncated at each level: a key of a megabyte would otherwise be copied once for every value below it.
      open.push({ value: child, path: fieldName(path ? `${path}.${key}` : key), depth: depth + 1 });
    }
  }
  return { keys, errors };
}

/** True for a text that PostgreSQL can hold: without NUL and halves of surrogate pairs. */
export function isPgText(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Truncates a field name for error messages: the sender chose it, and its length. */
export const fieldName = (name: string): string => (name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name);

export function invalidTextError(name: string): FieldError {
  const field = fieldName(name);
  return {
    field,
    code: 'invalid_text',
    message: `${field} has a character that cannot be stored (NUL or half a surrogate pair)`,
  };
}
