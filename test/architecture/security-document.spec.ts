import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/core/config/project-root.js';

const read = (name: string) => readFileSync(join(projectRoot(), name), 'utf8');
const DOCUMENT = read('docs/security.md');

/** The number of requirements of levels 1 and 2 in each section of OWASP ASVS 5.0.0; within a section they count from 1. */
const SECTIONS: Readonly<Record<string, number>> = {
  ...{
    1.1: 2,
    1.2: 9,
    1.3: 11,
    1.4: 3,
    1.5: 2,
    2.1: 3,
    2.2: 3,
    2.3: 4,
    2.4: 1,
    3.2: 2,
    3.3: 4,
    3.4: 6,
    3.5: 5,
    3.7: 2,
  },
  ...{
    4.1: 3,
    4.2: 1,
    4.3: 2,
    4.4: 4,
    5.1: 1,
    5.2: 3,
    5.3: 2,
    5.4: 3,
    6.1: 3,
    6.2: 12,
    6.3: 4,
    6.4: 4,
    6.5: 5,
    6.6: 3,
  },
  ...{ 6.8: 4, 7.1: 3, 7.2: 4, 7.3: 2, 7.4: 5, 7.5: 2, 7.6: 2, 8.1: 2, 8.2: 3, 8.3: 1, 8.4: 1, 9.1: 3, 9.2: 4 },
  ...{ 10.1: 2, 10.2: 2, 10.3: 4, 10.4: 11, 10.5: 5, 10.6: 2, 10.7: 3, 11.1: 2, 11.2: 3, 11.3: 3, 11.4: 4, 11.5: 1 },
  ...{ 11.6: 1, 12.1: 3, 12.2: 2, 12.3: 4, 13.1: 1, 13.2: 5, 13.3: 2, 13.4: 5, 14.1: 2, 14.2: 4, 14.3: 3, 15.1: 3 },
  ...{ 15.2: 3, 15.3: 7, 16.1: 1, 16.2: 5, 16.3: 4, 16.4: 3, 16.5: 3, 17.1: 1, 17.2: 4, 17.3: 2 },
};

const rows = [...DOCUMENT.matchAll(/^\| (\d+\.\d+\.\d+) \| [^|]+ \| (.+) \|$/gm)].map(
  ([, number = '', answer = '']) => ({
    number,
    answer,
  }),
);
const tests = rows.flatMap(({ number, answer }) =>
  [...answer.matchAll(/`((?:test|src)\/\S+\.spec\.ts)` › ([^;]+)/g)].map(([, file = '', rest = '']) => ({
    number,
    file,
    // A note may follow the title, behind a full stop.
    title: rest.split('. ')[0]?.replace(/\.$/, '') ?? '',
  })),
);

/** True for a spec of an extension that this copy does not have. */
function isLeftOut(file: string): boolean {
  const [extension] = /^src\/extensions\/[\w-]+(?=\/)/.exec(file) ?? [];
  return extension !== undefined && !existsSync(join(projectRoot(), extension));
}

describe('docs/security.md', () => {
  it('answers each requirement of ASVS levels 1 and 2 once', () => {
    const numbers = Object.entries(SECTIONS).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, n) => `${section}.${n + 1}`),
    );
    expect(numbers).toHaveLength(253);
    expect(rows.map(({ number }) => number).sort()).toEqual(numbers.sort());
  });

  it('answers in the words that it explains', () => {
    const others = rows.filter(
      ({ answer }) => !/^(Test|Document|Operator|Does not apply|\*\*Not met\*\*): \S/.test(answer),
    );
    expect(others).toEqual([]);
  });

  it('names a test for every answer that says so', () => {
    const named = new Set(tests.map(({ number }) => number));
    expect(rows.filter(({ number, answer }) => answer.startsWith('Test:') && !named.has(number))).toEqual([]);
    expect(tests.length).toBeGreaterThan(120);
  });

  it('names tests that exist', () => {
    const missing = tests.filter(({ file, title }) => {
      if (isLeftOut(file)) return false;
      if (!existsSync(join(projectRoot(), file))) return true;
      const source = read(file).replaceAll(/\\(['"`])/g, '$1');
      return !title || !source.includes(title);
    });
    expect(missing).toEqual([]);
  });

  it('leads to documents that exist', () => {
    const links = [...DOCUMENT.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, path = '']) => path);
    expect(links.filter((path) => !existsSync(join(projectRoot(), 'docs', path)))).toEqual([]);
  });
});
