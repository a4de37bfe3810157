import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/core/config/project-root.js';
import { advisories, lockFaults } from '../../.ci/audit-dependencies.mjs';
import { readImports, sourcesOf } from './imports.mjs';

const read = (name: string) => JSON.parse(readFileSync(join(projectRoot(), name), 'utf8')) as never;
const HASH = 'sha512-AAAA';

describe('the audit of dependencies', () => {
  it('finds no fault in the lock file of the product', () => {
    expect(lockFaults(read('package.json'), read('package-lock.json'))).toEqual([]);
  });

  it('names a range, a missing hash, another source, and an install script without a decision', () => {
    const manifest = { dependencies: { a: '^1.0.0', b: '1.0.0' }, allowScripts: { c: false } };
    const packages = {
      '': {},
      'node_modules/a': { integrity: HASH },
      'node_modules/b': { integrity: 'sha1-AAAA' },
      'node_modules/c': { integrity: HASH, hasInstallScript: true },
      'node_modules/a/node_modules/d': { integrity: HASH, hasInstallScript: true },
      'node_modules/e': { integrity: HASH, resolved: 'git+ssh://git@example.org/e.git' },
    };
    expect(lockFaults(manifest, { packages })).toEqual([
      expect.stringMatching(/^a: "\^1\.0\.0" is not an exact version/),
      expect.stringMatching(/^node_modules\/b: has no SHA-512/),
      expect.stringMatching(/^node_modules\/a\/node_modules\/d: has an install script/),
      expect.stringMatching(/^node_modules\/e: comes from git/),
    ]);
  });

  it('fails on high and critical advisories, and says where there are none to be had', () => {
    const vulnerability = (name: string, severity: string) => ({ name, severity, range: '<2', fixAvailable: true });
    const vulnerabilities = { a: vulnerability('a', 'critical'), b: vulnerability('b', 'low') };
    expect(advisories({ vulnerabilities })).toEqual(['a <2: critical; a fixed version exists']);
    expect(advisories({ vulnerabilities: {} })).toEqual([]);
    expect(advisories({ message: 'endpoint not found' })).toBeUndefined();
  });
});

describe('the dependencies of the product', () => {
  /** Packages that others load by their names, or that an extension imports, which may be deleted. */
  const LOADED_BY_OTHERS = [
    '@fastify/static', // Nest's Swagger module
    'csv-parse', // src/extensions/studies
    'negotiator', // src/extensions/studies
    'passport', // @nestjs/passport
  ];
  /** Packages that the code takes no more than types from. */
  const TYPES_ALONE = ['ws'];

  it('are the packages that src imports: no less, for the image has no others, and no more', () => {
    const { dependencies } = read('package.json') as { dependencies: object };
    const src = join(projectRoot(), 'src');
    // The build runs where everything is installed.
    const shipped = sourcesOf(src).filter((path) => path !== 'build-assets.mjs');
    const imported = new Set(readImports(src, shipped).flatMap(({ packages }) => packages));
    const declared = [...Object.keys(dependencies), ...TYPES_ALONE];
    expect(declared.sort()).toEqual([...new Set([...imported, ...LOADED_BY_OTHERS])].sort());
  });
});
