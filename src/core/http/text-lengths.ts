import { getMetadataStorage } from 'class-validator';
import { validationError, type FieldError } from './problem.js';

/** Maximum for a field that declares no length: an enum value, a time, a zone, a number. */
const MAX_UNDECLARED = 250;
/** Maximum for a text inside a nested object, whose class the field does not name: that of the longest field. */
const MAX_NESTED = 50_000;
/**
 * Code units per allowed character, so that no text is rejected here that is short enough once trimmed or composed: a
 * Hangul syllable may arrive as three code points, a character beyond the BMP as two units.
 */
const UNITS_PER_CHARACTER = 4;

interface Limit {
  readonly rule: string;
  readonly max: number;
  /** True where `IsString` rejects other types; the other rules of the field ignore them. */
  readonly text: boolean;
}

/** Cached by class, whose rules never change. */
const limitsByClass = new WeakMap<object, Map<string, Limit>>();

/**
 * Rejects text that is far longer than its field allows before anything transforms it or matches it against a
 * pattern, whose cost may grow with the square of the length.
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
  const limits = limitsByClass.get(target) ?? declaredLimits(target);
  limitsByClass.set(target, limits);
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
