// `npm run docs:extensions`: renews the pages of docs/ that copy the README of an extension.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { extensionPages, extensionPageText } from './extension-pages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
for (const each of extensionPages(root)) {
  const text = extensionPageText(root, each);
  if (text === undefined) process.stdout.write(`${each.page}: ${each.source} is gone, so delete this page\n`);
  else writeFileSync(join(root, each.page), text);
}
