import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../src/core/config/project-root.js';

const COPIED = ['src/run.mjs', 'src/node-version.mjs', 'src/infrastructure/embedded-postgres/process-lock.mjs'];
const BUILD = `node -e "fs.mkdirSync('dist', { recursive: true }); fs.writeFileSync('dist/main.js', 'console.log(1 + 1)')"`;
const PACKAGE = { name: 'small', version: '1.0.0', type: 'module', scripts: { build: BUILD } };
const FILES = {
  'package.json': PACKAGE,
  'package-lock.json': { ...PACKAGE, lockfileVersion: 3, packages: { '': PACKAGE } },
  'tsconfig.build.json': {},
  'nest-cli.json': {},
  'src/main.ts': {},
};

describe('the first start', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ctms-start-'));
    for (const path of COPIED) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      cpSync(join(projectRoot(), path), join(folder, path));
    }
    for (const [path, content] of Object.entries(FILES)) writeFileSync(join(folder, path), JSON.stringify(content));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** No folder can be made below a file, not even by root. */
  const withoutCache = (): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    npm_config_cache: join(folder, 'package.json', 'cache'),
  });

  it('installs with a cache of its own where that of npm cannot be written', () => {
    const args = ['src/run.mjs', 'main'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, env: withoutCache() });
    expect([status, stdout.toString()]).toEqual([0, '2\n']);
    expect(stderr.toString()).toContain('npm cannot write to its cache');
    expect(existsSync(join(folder, '.data', 'npm-cache'))).toBe(true);
  }, 60_000);

  it('gives what npm writes lines of its own on a terminal', () => {
    rmSync(join(folder, 'package-lock.json'));
    const command = `${process.execPath} src/run.mjs main || true`;
    const shown = execFileSync('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: withoutCache(),
    }).toString();
    expect(shown).toMatch(/\r\u001b\[Knpm error/);
    expect(shown).toMatch(/\r\u001b\[KThe packages could not be installed/);
  }, 60_000);
});
