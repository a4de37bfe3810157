/** Code steps between neighbouring characters of a sequence, such as `abcd` or `aaaa`. */
const SEQUENCE_STEPS = [-1, 0, 1];

/**
 * Estimates the entropy of a secret in bits: Shannon's, over the characters that neither repeat a unit nor continue a
 * sequence. An upper bound for typed secrets, and close for generated ones.
 */
export function estimatedBits(secret: string): number {
  const text = [...unitOf(secret)].filter((_, at, all) => at < 2 || !continues(all, at));
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - count * Math.log2(count / text.length), 0);
}

/** Returns the unit that a text repeats, or the whole text. */
function unitOf(text: string): string {
  const period = (text + text).indexOf(text, 1);
  const repeated = text.slice(0, period);
  if (period < text.length) return repeated;
  for (let length = 1; length * 2 <= text.length; length++) {
    if (
      text ===
      text
        .slice(0, length)
        .repeat(Math.ceil(text.length / length))
        .slice(0, text.length)
    )
      return text.slice(0, length);
  }
  return text;
}

function continues(all: readonly string[], at: number): boolean {
  const step = (from: number) => (all[from + 1]?.charCodeAt(0) ?? 0) - (all[from]?.charCodeAt(0) ?? 0);
  return step(at - 1) === step(at - 2) && SEQUENCE_STEPS.includes(step(at - 1));
}
