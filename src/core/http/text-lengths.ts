import { getMetadataStorage } from 'class-validator';
import { validationError, type FieldError } from './problem.js';

/** Characters of a field that declares no length: an enum value, a time, a zone, a number. */
const MAX_UNDECLARED = 250;
/** Characters of a text inside a nested object, whose class the field does not name: those of the longest field. */
const MAX_NESTED = 50_000;
/**
 * Code units for each allowed character, so that no text is refused here that is short enough once it is trimmed or composed:
 * a Hangul syllable may arrive as three code points, a character beyond the BMP as two units.
 */
const UNITS_PER_CHARACTER = 4;

interface Limit {
  readonly rule: string;
  readonly max: number;
  /** Anything but text is rejected for its type, by `IsString`; the other rules of the field leave it alone. */
  readonly text: boolean;
}

/** By class: the rules of a class never change. */
const known = new WeakMap<object, Map<string, Limit>>();

/**
 * Rejects text that is far longer than its field allows before anything transforms it or matches it against a pattern, whose
 * cost may grow with the square of the length.
 *
 * @throws Problem 422 naming the fields
 */
export function assertTextLengths(body: object, target: new () => unknown): void {
  const limits = limitsOf(target);
  const errors = Object.entries(body).flatMap(([field, value]): FieldError[] => {
    const limit = limits.get(field);
    return limit && !(limit.text && typeof value !== 'string') && !fits(value, limit.max)
      ? [tooLong(field, limit)]
      : [];
  });
  if (errors.length > 0) throw validationError(errors);
}

function fits(value: unknown, max: number): boolean {
  if (typeof value === 'string') return value.length <= max * UNITS_PER_CHARACTER;
  if (Array.isArray(value)) return value.every((item) => fits(item, max));
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((inner) => fits(inner, MAX_NESTED));
}

function limitsOf(target: new () => unknown): Map<string, Limit> {
  const limits = known.get(target) ?? declaredLimits(target);
  known.set(target, limits);
  return limits;
}

function declaredLimits(target: new () => unknown): Map<string, Limit> {
  const limits = new Map<string, Limit>();
  const rules = getMetadataStorage().getTargetValidationMetadatas(target, '', false, false);
  const texts = new Set(rules.filter(({ name, each }) => name === 'isString' && !each).map(propertyOf));
  for (const { propertyName, name, constraints } of rules) {
    const [first, second] = (constraints ?? []) as unknown[];
    const max = name === 'isLength' ? second : name === 'maxLength' ? first : undefined;
    const text = texts.has(propertyName);
    if (typeof max === 'number' && name) limits.set(propertyName, { rule: name, max, text });
    else if (!limits.has(propertyName)) limits.set(propertyName, { rule: 'maxLength', max: MAX_UNDECLARED, text });
  }
  return limits;
}

const propertyOf = ({ propertyName }: { propertyName: string }): string => propertyName;

const tooLong = (field: string, { rule, max }: Limit): FieldError => ({
  field,
  code: rule === 'isLength' ? 'is_length' : 'max_length',
  message: `${field} must have at most ${max} characters`,
});
