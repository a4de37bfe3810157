import { storableJson } from '../http/pg-text.js';

const MAX_ITEMS = 1000;
const MAX_CHARACTERS = 1_000_000;

/**
 * Serializes items for `jsonb_to_recordset`, as arrays of at most a thousand items and a million characters; an item that is
 * longer has an array of its own. Each is serialized only once the one before was used.
 */
export function* jsonSlices(items: readonly object[]): Generator<string> {
  let texts: string[] = [];
  let length = 0;
  for (const item of items) {
    const text = storableJson(item);
    if (texts.length === MAX_ITEMS || (texts.length > 0 && length + text.length > MAX_CHARACTERS)) {
      yield `[${texts.join(',')}]`;
      texts = [];
      length = 0;
    }
    texts.push(text);
    length += text.length;
  }
  if (texts.length > 0) yield `[${texts.join(',')}]`;
}
