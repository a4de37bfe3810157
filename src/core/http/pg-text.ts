/** Matches an escaped backslash first, since a text may hold the six characters of an escape. */
const UNSTORABLE = /\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g;
const ESCAPED_BACKSLASH = '\\\\';

/**
 * Serializes a value as JSON that `jsonb` accepts: NUL and halves of surrogate pairs, which JSON has only as escapes
 * and PostgreSQL not at all, become question marks.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSTORABLE, (escape) => (escape === ESCAPED_BACKSLASH ? escape : '?'));
}

/** Replaces the characters of a text that PostgreSQL cannot hold. */
export const storableText = (text: string): string => text.replaceAll('\0', '?').toWellFormed();
