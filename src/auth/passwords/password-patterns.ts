/** Rows and columns of keyboards, the alphabet, and digits; each is walked in both directions. */
const WALKS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  '!@#$%^&*()',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
].flatMap((walk) => [walk, [...walk].reverse().join('')]);
const SHORTEST_WALK = 3;
/** A password of no more pieces than this, each a repeated character, a walk or a single character, is predictable. */
const FEW_PIECES = 3;
/** Length beyond which a text of several pieces is hard to guess by its length alone. */
const LONGEST_SIMPLE = 24;
const LONGEST_UNIT = 4;

/** Words that everybody who attacks this product tries first. */
const WORDS = [
  ...['ctms', 'trial', 'trials', 'clinical', 'demo', 'test'],
  ...['manager', 'developer', 'auditor', 'admin', 'administrator', 'root', 'user', 'guest', 'login', 'default'],
  ...['password', 'passwort', 'passphrase', 'secret', 'welcome', 'letmein', 'changeme', 'qwerty'],
];
/** More words than this make a phrase. */
const FEW_WORDS = 3;
const MOST_DECORATION = 8;
const SHORTEST_WORD = 3;
const SUBSTITUTES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

/** Detects the repetition of one short unit, such as `aaaaaaaa` or `abcabcabc`. */
export function isRepetition(text: string): boolean {
  const longest = text.length > LONGEST_SIMPLE ? 1 : Math.min(LONGEST_UNIT, text.length / 2);
  for (let unit = 1; unit <= longest; unit++) {
    if (
      text ===
      text
        .slice(0, unit)
        .repeat(Math.ceil(text.length / unit))
        .slice(0, text.length)
    )
      return true;
  }
  return false;
}

/** The text with each walk and each repeated character reduced to its first character. */
function withoutRuns(text: string): string {
  let left = '';
  for (let at = 0; at < text.length; at += runLength(text, at)) left += text[at];
  return left;
}

/** Detects a keyboard walk or a sequence, or little more than some of them and repeated characters. */
export function isWalk(text: string): boolean {
  // Blanks do not make a phrase of a walk: `a b c d e f g h`.
  if (/\s/.test(text)) return withoutRuns(text.replaceAll(/\s/g, '')).length <= 1;
  const pieces = withoutRuns(text).length;
  return pieces <= 1 || (pieces <= FEW_PIECES && text.length <= LONGEST_SIMPLE);
}

/**
 * Detects a few words of the product or its context, with digits and signs around and between them.
 *
 * @param context further words, such as the name of the installation
 */
export function isFewKnownWords(text: string, context: readonly string[]): boolean {
  const known = [...WORDS, ...context.flatMap(wordsOf)].filter((word) => word.length >= SHORTEST_WORD);
  const core = text.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  const plain = core.replaceAll(/[\d@$!]/g, (sign) => SUBSTITUTES[sign] ?? sign);
  return [core, plain].some((variant) => {
    const words = wordsOf(variant).map((word) => segments(word, known));
    const decoration = text.length - wordsOf(variant).join('').length;
    const count = words.reduce((sum, segmented) => sum + segmented, 0);
    return words.length > 0 && count <= FEW_WORDS && decoration <= MOST_DECORATION;
  });
}

const wordsOf = (text: string): string[] => text.split(/[^\p{L}]+/u).filter(Boolean);

/** The number of known words that make up a word; infinite where it is not made of them. */
function segments(word: string, known: readonly string[]): number {
  const fewest: number[] = [0];
  for (let end = 1; end <= word.length; end++) {
    const ways = known
      .filter((one) => one.length <= end && word.startsWith(one, end - one.length))
      .map((one) => (fewest[end - one.length] as number) + 1);
    fewest[end] = Math.min(Infinity, ...ways);
  }
  return fewest[word.length] as number;
}

function runLength(text: string, at: number): number {
  let longest = 1;
  while (text[at + longest] === text[at]) longest++;
  for (const walk of WALKS) {
    let [length, place] = [0, walk.indexOf(text[at] as string)];
    while (place >= 0 && place < walk.length && walk[place] === text[at + length]) {
      length++;
      place++;
    }
    longest = Math.max(longest, length);
  }
  return longest >= SHORTEST_WALK ? longest : 1;
}
