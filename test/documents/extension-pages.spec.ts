import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extensionPages, extensionPageText } from './extension-pages.mjs';

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('pages that copy the README of an extension', () => {
  it('are as it is; `npm run docs:extensions` renews them', () => {
    for (const each of extensionPages(ROOT))
      expect(read(each.page)).toBe(extensionPageText(ROOT, each) ?? read(each.page));
  });

  it('lead to the same files as their source, and to nothing where the extension is gone', () => {
    const root = mkdtempSync(join(tmpdir(), 'ctms-pages-'));
    for (const folder of ['docs', 'src/extensions/kits']) mkdirSync(join(root, folder), { recursive: true });
    const source = 'src/extensions/kits/README.md';
    writeFileSync(
      join(root, 'docs/kits.md'),
      `<!-- Copy of ${source}; npm run docs:extensions renews it -->\n\n# Old\n`,
    );
    const [page] = extensionPages(root) as [ReturnType<typeof extensionPages>[number]];
    expect(page).toEqual({ page: 'docs/kits.md', source });
    expect(extensionPageText(root, page)).toBeUndefined();
    writeFileSync(
      join(root, source),
      '[Codes](problems.md), [audit](../../../docs/audit.md#a), [b](https://b.example)\n',
    );
    expect(extensionPageText(root, page)).toMatch(
      /^<!-- .* -->\n\n\[Codes\]\(\.\.\/src\/extensions\/kits\/problems\.md\), \[audit\]\(audit\.md#a\), \[b\]\(https:\/\/b\.example\)\n$/,
    );
  });
});
