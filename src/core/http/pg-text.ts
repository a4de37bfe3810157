/** An escaped backslash is matched first, since a text may hold the six characters of an escape. */
const UNSTORABLE = /\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g;
const ESCAPED_BACKSLASH = '\\\\';

/**
 * A value as JSON that `jsonb` takes, whatever text of a request is in it: NUL and halves of surrogate pairs, which JSON has
 * only as escapes and PostgreSQL not at all, become question marks.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSTORABLE, (escape) => (escape === ESCAPED_BACKSLASH ? escape : '?'));
}

/** A text that PostgreSQL takes. */
export const storableText = (text: string): string => text.replaceAll('\0', '?').toWellFormed();
