import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf } from './imports.mjs';

const ROOT = join(__dirname, '../..');
/** Its examples are what it forbids. */
const SELF = 'architecture/spec-files.spec.ts';
/** A case at the left edge stands in no `describe`. */
const OUTSIDE = /^(?:it|test)\b|^\(.*\? it\b/m;
/** What a programme may lack is asked for: `(found('python3') ? it : it.skip)(…)`. */
const LEFT_OUT = /\b(?:it|test|describe)\.(?:only|skip|todo)\b(?:\.each\b|\()|^\s*(?:f|x)(?:it|describe)\b/m;
/** Loads entities for this file alone, which the library keeps for all, or replaces modules. */
const ON_ITS_OWN =
  /(?:support\/|__dirname, ')(?:crates|shipments|specimens)\b|\bjest\.(?:\w*[mM]ock|resetModules|isolateModules\w*)\(/;
const OWN_MODULES = /^\/\*\* @jest-environment node \*\/\n/;

const specs = ['src', 'test'].flatMap((folder) =>
  filesOf(join(ROOT, folder))
    .filter((path) => path.endsWith('.spec.ts') && path !== SELF)
    .map((path) => ({ path: join(folder, path), text: readFileSync(join(ROOT, folder, path), 'utf8') })),
);
const having = (pattern: RegExp) => specs.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

describe('a spec file', () => {
  it('has each case in a describe that makes its title a sentence', () => {
    expect(specs.length).toBeGreaterThan(150);
    expect(having(OUTSIDE)).toEqual([]);
  });

  it('runs all of its cases, but where the machine lacks what they need', () => {
    expect(having(LEFT_OUT)).toEqual([]);
  });

  it('shares no modules with other files where it loads entities of its own, or replaces modules', () => {
    expect(having(ON_ITS_OWN).length).toBeGreaterThan(5);
    expect(having(ON_ITS_OWN).filter((path) => !having(OWN_MODULES).includes(path))).toEqual([]);
  });
});

describe('the patterns of this spec', () => {
  it.each(["it('is', () => {", "it.each([1])('is %s', () => {", "(found('x') ? it : it.skip)('is', () => {"])(
    'find a case outside of a describe: %s',
    (line) => {
      expect(`const a = 1;\n${line}`).toMatch(OUTSIDE);
      expect(`describe('a', () => {\n  ${line}`).not.toMatch(OUTSIDE);
    },
  );

  it.each([['it', 'only'], ['describe', 'skip'], ['it', 'todo'], ['it', 'only', 'each'], ['fit'], ['xdescribe']])(
    'find what leaves cases out: %s %s %s',
    (...names) => expect(`  ${names.join('.')}('is'`).toMatch(LEFT_OUT),
  );

  it('let a condition leave cases out', () => {
    expect("(process.env.CHROMIUM ? describe : describe.skip)('a page', () => {").not.toMatch(LEFT_OUT);
  });
});
