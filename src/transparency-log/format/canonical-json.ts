/**
 * JSON in the one form that RFC 8785 gives a value, so that equal values have equal hashes. ECMAScript writes numbers and
 * strings as the RFC asks; what is left is the order of keys, and to refuse what I-JSON cannot say.
 *
 * @param value as `JSON.parse` makes it
 * @throws on numbers that no double holds, on lone surrogates, and on what is no JSON
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return textOf(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) return objectOf(value as Record<string, unknown>);
  if (value === null || typeof value === 'boolean' || Number.isFinite(value)) return String(value);
  throw new Error(`${String(value)} has no canonical JSON`);
}

function objectOf(object: Record<string, unknown>): string {
  // The default order compares UTF-16 code units, as RFC 8785 §3.2.3 asks.
  const keys = Object.keys(object);
  if (keys.some((key, i) => i > 0 && key < (keys[i - 1] as string))) keys.sort();
  let members = '';
  for (const key of keys) members += `${members && ','}${textOf(key)}:${canonicalJson(object[key])}`;
  return `{${members}}`;
}

/** Nothing in it has to be escaped. */
const PLAIN = /^[ !#-[\]-~]*$/;

function textOf(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new Error('A text with a lone surrogate has no canonical JSON');
  return JSON.stringify(text);
}
