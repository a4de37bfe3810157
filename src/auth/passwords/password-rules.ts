import { createRequire } from 'node:module';
import { distance } from 'fastest-levenshtein';
import { normalizeText } from '../../core/normalized-text.js';
import { isFewKnownWords, isRepetition, isWalk } from './password-patterns.js';

const TOO_CLOSE = 0.7;

const require = createRequire(import.meta.url);
// At the start: Node remembers a name that it could not resolve, such as for want of file descriptors.
require.resolve('@zxcvbn-ts/language-common');
let common: ReadonlySet<string> | undefined;

/** Words that a password must not be similar to. */
interface PasswordContext {
  readonly username?: string;
  readonly email?: string;
  /** `APP_NAME`. */
  readonly appName?: string;
}

/**
 * Explains why a password is weak; undefined where it is not. The DTO checks the length.
 * No composition rules: they make passwords weaker (NIST SP 800-63B).
 */
export function passwordWeakness(password: string, about: PasswordContext = {}): string | undefined {
  // As people see it: full-width letters and the like are no better than the plain ones.
  const lower = withPlainDigits(normalizeText(password, 'NFKC')).toLowerCase();
  if (/^\d+$/.test(lower)) return 'The password must not be digits only: add some words';
  common ??= commonPasswords();
  if (common.has(lower) || common.has(lower.trim()))
    return 'This password is on the list of the most common ones: choose something only you would think of';
  if (isRepetition(lower) || isWalk(lower))
    return 'This password is simply repeated or sequential: choose something only you would think of';
  return closeTo(lower, about);
}

/** Replaces the digits of all scripts, such as `३`, by 0 to 9. */
function withPlainDigits(text: string): string {
  return text.replaceAll(/[^\P{Nd}0-9]/gu, (digit) => String(digitValue(digit.codePointAt(0) as number)));
}

/** The digits of a script stand in a row (Unicode, `Nd`), so the zero is as many before as the digit is worth. */
function digitValue(point: number): number {
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) value++;
  return value;
}

/** Loads the list with the first password that is chosen: its 49,000 entries take 4 MB. */
function commonPasswords(): ReadonlySet<string> {
  const { dictionary } = require('@zxcvbn-ts/language-common') as {
    readonly dictionary: { readonly passwords: readonly string[] };
  };
  return new Set(dictionary.passwords);
}

function closeTo(lower: string, { username, email: address, appName }: PasswordContext): string | undefined {
  const [name, email, product] = [username, address, appName].map((text) => text?.toLowerCase() ?? '');
  for (const [what, text] of [
    ['username', name],
    ['e-mail address', email],
    ['e-mail address', email?.split('@')[0]],
  ]) {
    if (text && similarity(lower, text) >= TOO_CLOSE) return `The password is too close to the ${what}`;
  }
  if (isFewKnownWords(lower, [name ?? '', email ?? '', product ?? '']))
    return 'This password is made of common words, your name or the name of the product: choose something only you would think of';
  return undefined;
}

/** 1 for the same text, 0 for nothing in common. */
function similarity(a: string, b: string): number {
  return 1 - distance(a, b) / Math.max(a.length, b.length);
}
