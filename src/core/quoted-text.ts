import { raw, type Sql } from 'sql-template-tag';

/**
 * Invisible characters and those that reorder the text after them: controls, direction marks, zero-width blanks,
 * fillers, line separators, tags. First and last code point of each range.
 */
const HIDDEN: readonly (readonly [number, number])[] = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180e, 0x180e],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

/** After these, the zero-width joiner and non-joiner shape letters (Arabic to Khmer) or join emoji, and are left alone. */
const JOINER_CONTEXT: readonly (readonly [number, number])[] = [
  [0x600, 0x109f],
  [0x1780, 0x17ff],
  [0x2190, 0x2bff],
  [0xfe0f, 0xfe0f],
  [0x1f000, 0x1faff],
];

type Ranges = typeof HIDDEN;
const forScript = (ranges: Ranges): string =>
  ranges.map((range) => range.map((code) => `\\u{${code.toString(16)}}`).join('-')).join('');
/** Leaves out NUL: PostgreSQL has none in texts or regular expressions. */
const forSql = (ranges: Ranges): string =>
  ranges
    .map((range) => range.map((code) => `\\U${Math.max(code, 1).toString(16).padStart(8, '0')}`).join('-'))
    .join('');

const JOINER = String.raw`(?<![${forScript(JOINER_CONTEXT)}])[\u200c\u200d]`;
const HIDDEN_PATTERN = new RegExp(String.raw`[${forScript(HIDDEN)}]|\p{Cs}|${JOINER}`, 'gu');
const HIDDEN_OR_QUOTE_PATTERN = new RegExp(String.raw`["\\${forScript(HIDDEN)}]|\p{Cs}|${JOINER}`, 'gu');

/** Escapes an invisible character: `\u{202e}`. */
const escaped = (character: string): string =>
  character === '"' || character === '\\' ? `\\${character}` : `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** Escapes the hidden characters of a text, such as `\u{202e}`; the rest stays as it is. */
export const shownText = (text: string): string => text.replaceAll(HIDDEN_PATTERN, escaped);

/** Replaces each hidden character of a multi-line text with `mark('U+202E')`; line ends and tabs stay. */
export const markHidden = (text: string, mark: (name: string) => string): string =>
  text.replaceAll(HIDDEN_PATTERN, (character) =>
    character === '\n' || character === '\t' || character === '\r'
      ? character
      : mark(`U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`),
  );

/**
 * Quotes a text: `"` and `\` are escaped with `\`, and hidden characters are shown, so that no value can pass for the
 * words around it.
 */
export const quotedText = (text: string): string => `"${text.replaceAll(HIDDEN_OR_QUOTE_PATTERN, escaped)}"`;

/** SQL equivalent of `quotedText` for an expression of type `text`. */
export function quotedTextSql(text: string): Sql {
  const joiner = `c ~ '[\\u200c\\u200d]' AND NOT coalesce(before ~ '[${forSql(JOINER_CONTEXT)}]', false)`;
  return raw(`('"' || CASE WHEN ${text} !~ '["\\\\\\u200c\\u200d${forSql(HIDDEN)}]' THEN ${text} ELSE (
    SELECT string_agg(CASE WHEN c IN ('"', '\\') THEN '\\' || c
      WHEN c ~ '[${forSql(HIDDEN)}]' OR (${joiner}) THEN '\\u{' || to_hex(ascii(c)) || '}' ELSE c END, '' ORDER BY n)
    FROM (SELECT c, n, lag(c) OVER (ORDER BY n) AS before
      FROM regexp_split_to_table(${text}, '') WITH ORDINALITY AS s(c, n)) s) END || '"')`);
}
