// Pages of docs/ that copy the README of an extension, so that its one text is found where readers look for it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const MARK = /^<!-- Copy of (src\/extensions\/[\w-]+\/README\.md); npm run docs:extensions renews it -->\n/;

/** @returns the pages that say what they copy, also those whose source is gone */
export function extensionPages(root) {
  const names = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  return names.flatMap((name) => {
    const [, source] = MARK.exec(readFileSync(join(root, 'docs', name), 'utf8')) ?? [];
    return source ? [{ page: `docs/${name}`, source }] : [];
  });
}

/** @returns the text of a page as its source has it; undefined where the extension is not there */
export function extensionPageText(root, { page, source }) {
  if (!existsSync(join(root, source))) return undefined;
  const moved = (link) => relative(dirname(page), join(dirname(source), link));
  const text = readFileSync(join(root, source), 'utf8').replaceAll(
    /\]\((?!https?:|mailto:|#)([^)\s]+)\)/g,
    (_, link) => `](${moved(link)})`,
  );
  return `<!-- Copy of ${source}; npm run docs:extensions renews it -->\n\n${text}`;
}
