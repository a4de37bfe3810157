/** What stands in a text in place of letters that were lost on its way. */
export type TextCorruption = 'replacement' | 'question_marks' | 'mojibake' | 'control';

const QUESTION_MARK_IN_WORD = /\p{L}\?+\p{L}|(?:^|\s)\?+\p{L}/u;
/** Words of which nothing is left, before another word; or nothing else at all. */
const QUESTION_MARK_WORDS = /(?:^|\s)\?{2,}\s+\S|^[?\s.,;:!–-]*\?{2,}[?\s.,;:!–-]*$/u;
const OF_ADDRESS = /[/=&]/;
/** C1 controls are in no text; bytes of Windows-1252 that were taken for latin1 are. */
const CONTROLS = /[\u0080-\u009f]/;

/** Bytes 0x80 to 0x9f, as Windows-1252 has them; `TextDecoder` of some releases of Node reads them as latin1. */
const WINDOWS_1252 = new Map(
  [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'].map((letter, at) => [letter, 0x80 + at]),
);
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * How a text was broken on its way, as far as it shows: by a client or proxy that replaced letters which its encoding has not, or read
 * UTF-8 as latin1. Undefined for one that shows nothing.
 */
export function textCorruptionOf(text: string): TextCorruption | undefined {
  if (text.includes('\ufffd')) return 'replacement';
  if (CONTROLS.test(text) && !isMojibake(text)) return 'control';
  const words = text
    .split(/\s/)
    .filter((word) => !OF_ADDRESS.test(word))
    .join(' ');
  if (QUESTION_MARK_IN_WORD.test(words) || QUESTION_MARK_WORDS.test(words)) return 'question_marks';
  return isMojibake(text) ? 'mojibake' : undefined;
}

/** Whether its bytes, as a single-byte encoding, are UTF-8 of something beyond ASCII. */
function isMojibake(text: string): boolean {
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.charCodeAt(0);
    const byte = code < 256 ? code : WINDOWS_1252.get(letter);
    if (byte === undefined) return false;
    bytes.push(byte);
  }
  if (bytes.every((byte) => byte < 128)) return false;
  try {
    return UTF8.decode(Uint8Array.from(bytes)) !== text;
  } catch {
    return false;
  }
}
