import { isStreamSafe } from '../normalized-text.js';

/** Characters that Unicode classes as letters or symbols, but that show nothing: fillers, and the Braille blank. */
const INVISIBLE = String.raw`\p{Default_Ignorable_Code_Point}\u2800`;
const VISIBLE_CHARACTER = new RegExp(String.raw`(?![${INVISIBLE}])[\p{L}\p{N}\p{P}\p{S}]`, 'u');
const NAME_CHARACTER = new RegExp(String.raw`(?![${INVISIBLE}])[\p{L}\p{N}]`, 'u');
const INVISIBLE_CHARACTER = new RegExp(`[${INVISIBLE}]`, 'u');

/** True for a text with a letter, number, punctuation mark or symbol, not blanks and accents alone. */
export const isVisible = (text: string): boolean => VISIBLE_CHARACTER.test(text);

/** True for a name that can be read and distinguished: it has a letter or digit, no heap of accents, nothing invisible. */
export const isReadableName = (name: string): boolean =>
  NAME_CHARACTER.test(name) && !INVISIBLE_CHARACTER.test(name) && isStreamSafe(name);
