import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = join(__dirname, '../../dist/main.js');
const STRONG = 'b8Xv2Qm5Zr9Kt4Wn7Lp1Hd6Fs3Gj0Yc8Ae5Ru2';

describe('production', () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'ctms-refused-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  /** The variables that are refused, as one start names them. */
  function refused(env: Record<string, string>): string[] {
    const { PATH = '' } = process.env;
    // An empty variable counts as unset, and wins over a file .env of the folder.
    const unset = { SECRET_KEY: '', DATABASE_URL: '', DATABASE_OWNER_URL: '' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN], {
      env: { PATH, ENVIRONMENT: 'production', DATA_DIR: dataDir, PORT: '0', ...unset, ...env },
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([status, stdout, readdirSync(dataDir)]).toEqual([1, '', []]);
    const [first, ...faults] = stderr.trimEnd().split('\n');
    expect(first).toBe(`The configuration has ${faults.length} fault(s):`);
    return faults.map((line) => /^ {2}- ([A-Z_]+): /.exec(line)?.[1] ?? line).sort();
  }

  it.each([
    ['nothing but a wrong port', { PORT: 'x' }, ['DATABASE_URL', 'PORT', 'SECRET_KEY']],
    ['two workers', { WORKERS: '2' }, ['DATABASE_URL', 'SECRET_KEY']],
    ['a weak key', { SECRET_KEY: 'change-me', DATABASE_URL: 'postgres://u:p@localhost:1/x' }, ['SECRET_KEY']],
    [
      'the name of a proxy',
      { SECRET_KEY: STRONG, DATABASE_URL: 'postgres://u:p%w@localhost:1/x', TRUSTED_PROXIES: 'nginx' },
      ['DATABASE_URL', 'TRUSTED_PROXIES'],
    ],
  ])('refuses to start with %s, lists each fault, and writes nothing', (_, env, faults) => {
    expect(refused(env as Record<string, string>)).toEqual(faults);
  });
});
