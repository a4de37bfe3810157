import { commandBlocks, documents } from './command-blocks.js';

/** Removes what a shell takes literally: quoted text, and what follows a backslash. */
const unquoted = (text: string): string => text.replaceAll(/\\[^]|'[^']*'|"(?:\\[^]|[^"\\])*"/g, '""');

const commandsOf = (text: string, language: string): string =>
  language === 'console' ? [...text.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command).join('\n') : text;

const BLOCKS = documents().flatMap((document) =>
  commandBlocks(document).map(
    ({ line, language, text }) => [document, line, unquoted(commandsOf(text, language))] as const,
  ),
);

// The shell of macOS is zsh. Where one types, it knows no comments, and an apostrophe in one opens a text that never ends; a
// pattern that matches no file is an error.
describe('commands of a document, pasted into zsh', () => {
  it.each(BLOCKS)('of %s, line %i, have no comments', (_document, _line, text) => {
    expect(text).not.toMatch(/(?:^|\s)#/);
  });

  it.each(BLOCKS)('of %s, line %i, have no patterns outside of quotes', (_document, _line, text) => {
    expect(text).not.toMatch(/(?<!\$)[?*[]/);
  });
});
