import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../src/core/config/project-root.js';
import { documents } from './command-blocks.js';

const ROOT = projectRoot();
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const PAGES = [...documents(), 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'];

/** As GitHub makes them of headings. */
const anchorsOf = (markdown: string): Set<string> =>
  new Set(
    [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );

/** Links into the repository, as [link, path from its root, anchor]. */
function linksOf(page: string): [string, string, string][] {
  const links = [...read(page).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.map((link) => {
    const [path = '', anchor = ''] = link.split('#');
    return [link, path === '' ? page : join(dirname(page), path), anchor];
  });
}

/** True for a file of an extension that is not shipped here: extensions are deleted by their folder alone. */
const isOfAbsentExtension = (path: string): boolean => {
  const [folder] = /^src\/extensions\/[\w-]+(?=\/)/.exec(path) ?? [];
  return folder !== undefined && !existsSync(join(ROOT, folder));
};

describe('the links of', () => {
  it.each(PAGES)('%s lead to files and headings that are there', (page) => {
    const broken = linksOf(page).filter(([, path, anchor]) => {
      if (isOfAbsentExtension(path)) return false;
      if (!existsSync(join(ROOT, path))) return true;
      return anchor !== '' && path.endsWith('.md') && !anchorsOf(read(path)).has(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});

describe('the licence', () => {
  it('is the file that package.json names, and says that all rights are reserved', () => {
    const { license } = JSON.parse(read('package.json')) as { license: string };
    expect(license).toBe('SEE LICENSE IN LICENSE');
    expect(read('LICENSE')).toContain('All rights reserved');
  });
});
