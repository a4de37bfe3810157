import { isStreamSafe } from '../normalized-text.js';

/** Letters and symbols by their class that show nothing: fillers, and the blank of Braille. */
const UNSEEN = String.raw`\p{Default_Ignorable_Code_Point}\u2800`;
const SHOWN = new RegExp(String.raw`(?![${UNSEEN}])[\p{L}\p{N}\p{P}\p{S}]`, 'u');
const NAMING = new RegExp(String.raw`(?![${UNSEEN}])[\p{L}\p{N}]`, 'u');
const HIDDEN = new RegExp(`[${UNSEEN}]`, 'u');

/** Whether a text shows anything: a letter, number, mark of punctuation or symbol, and not blanks and accents alone. */
export const isVisible = (text: string): boolean => SHOWN.test(text);

/** Whether a name can be read, and told from all others: it has a letter or digit, no heap of accents, nothing that cannot be seen. */
export const isReadableName = (name: string): boolean => NAMING.test(name) && !HIDDEN.test(name) && isStreamSafe(name);
