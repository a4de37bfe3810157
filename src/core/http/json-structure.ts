/** Limits of a JSON body, far above what any call needs: the cost of parsing and checking grows with each of them. */
export const MAX_DEPTH = 32;
export const MAX_VALUES = 5000;

/** What the punctuation of a JSON text says of its size. */
export interface JsonStructure {
  readonly depth: number;
  /** A lower bound: empty texts and the first value of each container are not counted. */
  readonly values: number;
  readonly keys: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [BRACE, BRACE_END, BRACKET, BRACKET_END] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Measures a JSON text in one pass over its bytes, without parsing it: `JSON.parse` of a megabyte of brackets or of empty
 * objects, and the walk over its result, hold the event loop for up to a second. Stops as soon as a limit is exceeded.
 * In UTF-8 no byte of a longer character looks like punctuation.
 */
export function jsonStructure(body: Buffer): JsonStructure {
  let [depth, open, values, keys] = [0, 0, 0, 0];
  for (let at = 0; at < body.length && depth <= MAX_DEPTH && values <= MAX_VALUES; at++) {
    const byte = body[at];
    if (byte === QUOTE) at = endOfString(body, at);
    else if (byte === COMMA) values++;
    else if (byte === COLON) keys++;
    else if (byte === BRACE_END || byte === BRACKET_END) open--;
    else if (byte === BRACE || byte === BRACKET) {
      values++;
      depth = Math.max(depth, ++open);
    }
  }
  return { depth, values, keys };
}

/** @returns the position of the quote that ends the string; the end of the body where none does */
function endOfString(body: Buffer, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}
