/**
 * Limits of a JSON body, far above the needs of any call: the cost of parsing and validation grows with each of them.
 */
export const MAX_DEPTH = 32;
export const MAX_VALUES = 5000;

/** Size of a JSON text, measured by its punctuation. */
export interface JsonStructure {
  readonly depth: number;
  /** A lower bound: empty texts and the first value of each container are not counted. */
  readonly values: number;
  readonly keys: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;

/**
 * Measures a JSON text in one pass over its bytes, without parsing it: `JSON.parse` of a megabyte of brackets or of empty
 * objects, and the walk over its result, hold the event loop for up to a second. Stops as soon as a limit is exceeded.
 * In UTF-8 no byte of a longer character looks like punctuation.
 */
export function jsonStructure(body: Buffer, maxValues = MAX_VALUES): JsonStructure {
  let depth = 0;
  let open = 0;
  let values = 0;
  let keys = 0;
  for (let at = 0; at < body.length && depth <= MAX_DEPTH && values <= maxValues; at++) {
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

/** @returns the position of the closing quote; the end of the body without one */
function endOfString(body: Buffer, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}
