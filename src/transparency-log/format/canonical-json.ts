/**
 * Serializes a value as canonical JSON (RFC 8785), so that equal values have equal hashes. `JSON.stringify` already writes
 * numbers and strings as the RFC demands; this adds the order of keys and rejects values outside of I-JSON.
 *
 * @param value as `JSON.parse` returns it
 * @throws Error on numbers that are not finite, on lone surrogates, and on values that JSON cannot express
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

/** Matches texts without characters to escape. */
const PLAIN = /^[ !#-[\]-~]*$/;

function textOf(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new Error('A text with a lone surrogate has no canonical JSON');
  return JSON.stringify(text);
}
