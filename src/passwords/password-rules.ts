import { distance } from 'fastest-levenshtein';
import { dictionary } from '@zxcvbn-ts/language-common';

const common = new Set<string>(dictionary.passwords as readonly string[]);
const TOO_CLOSE = 0.7;

/**
 * What is wrong with a password, in words that help; undefined if nothing is. Length is checked by the body's class.
 * No composition rules: they make passwords weaker (NIST SP 800-63B).
 */
export function passwordFault(password: string, about: { username?: string; email?: string } = {}): string | undefined {
  const lower = password.toLowerCase();
  if (/^\d+$/.test(password)) return 'The password must not be digits only: add some words';
  if (common.has(lower))
    return 'This password is on the list of the most common ones: choose something only you would think of';
  const email = about.email?.toLowerCase() ?? '';
  for (const [what, text] of [
    ['username', about.username?.toLowerCase()],
    ['e-mail address', email],
    ['e-mail address', email.split('@')[0]],
  ]) {
    if (text && similarity(lower, text) >= TOO_CLOSE) return `The password is too close to the ${what}`;
  }
  return undefined;
}

/** 1 for the same text, 0 for nothing in common. */
function similarity(a: string, b: string): number {
  return 1 - distance(a, b) / Math.max(a.length, b.length);
}
