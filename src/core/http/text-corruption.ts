/** Sign of letters that a text lost in transit. */
export type TextCorruption = 'replacement' | 'question_marks' | 'mojibake' | 'control';

const QUESTION_MARK_IN_WORD = /\p{L}\?+\p{L}|(?:^|\s)\?+\p{L}/u;
/** Words that consist of question marks, before another word. */
const QUESTION_MARK_WORD = /(?:^|\s)\?{2,}\s+\S/u;
/** Where `??` is in it: nothing but question marks. One pattern for both would take cubic time, a second for 1,000 of them. */
const NO_WORDS = /^[?\s.,;:!–-]*$/u;
const URL_CHARACTERS = /[/=&]/;
/** C1 controls occur in no text, but in Windows-1252 bytes that were decoded as latin1. */
const CONTROLS = /[\u0080-\u009f]/;

/** Windows-1252 characters of the bytes 0x80 to 0x9f; `TextDecoder` of some releases of Node reads them as latin1. */
const WINDOWS_1252 = new Map(
  [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'].map((letter, at) => [letter, 0x80 + at]),
);
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Detects how a client or proxy corrupted a text: by replacing letters that its encoding lacks, or by reading UTF-8
 * as latin1. Undefined without signs of that.
 */
export function textCorruptionOf(text: string): TextCorruption | undefined {
  if (text.includes('\ufffd')) return 'replacement';
  if (CONTROLS.test(text) && !isMojibake(text)) return 'control';
  const words = text
    .split(/\s/)
    .filter((word) => !URL_CHARACTERS.test(word))
    .join(' ');
  if (QUESTION_MARK_IN_WORD.test(words) || QUESTION_MARK_WORD.test(words)) return 'question_marks';
  if (words.includes('??') && NO_WORDS.test(words)) return 'question_marks';
  return isMojibake(text) ? 'mojibake' : undefined;
}

/** True if the bytes of a text, in a single-byte encoding, are UTF-8 beyond ASCII. */
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
