/** Matches an escaped backslash first, since a text may hold the six characters of an escape. */
const UNSTORABLE = /\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g;
const ESCAPED_BACKSLASH = '\\\\';
/** Magnitudes that JavaScript writes without an exponent. */
const SMALLEST_PLAIN = 1e-6;
const LARGEST_PLAIN = 1e21;

/**
 * Serializes a value as JSON that `jsonb` accepts: NUL and halves of surrogate pairs, which JSON has only as escapes
 * and PostgreSQL not at all, become question marks.
 */
export function storableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(UNSTORABLE, (escape) => (escape === ESCAPED_BACKSLASH ? escape : '?'));
}

/** Replaces the characters of a text that PostgreSQL cannot hold. */
export const storableText = (text: string): string => text.replaceAll('\0', '?').toWellFormed();

/** Returns about how many zeros the exponent of a number stands for, which `jsonb` writes out: 1e308 takes 309 digits. 0 without exponent. */
export function exponentZeros(number: number): number {
  const magnitude = Math.abs(number);
  const isPlain = number === 0 || (magnitude >= SMALLEST_PLAIN && magnitude < LARGEST_PLAIN);
  return isPlain ? 0 : Math.abs(Math.trunc(Math.log10(magnitude)));
}
