import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');

interface Growth {
  readonly results: readonly { size: number; costs: Record<string, { ms: number; serverMicros: number }> }[];
}

describe('npm run bench:growth', () => {
  it('fills a database, and measures pages at the start and in the middle of the list', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ctms-growth-spec-'));
    const options = ['--sizes', '60', '--seconds', '0', '--rounds', '1', '--only', 'page of 50: ', '--results', folder];
    await promisify(execFile)(process.execPath, ['bench/growth.mjs', ...options], { cwd: ROOT });
    const { results } = JSON.parse(readFileSync(join(folder, 'growth.json'), 'utf8')) as Growth;
    expect(results.map(({ size }) => size)).toEqual([60]);
    for (const name of ['first', 'halfway', 'sort=-deadline, halfway', 'q of one task'])
      expect(results[0]?.costs[`page of 50: ${name}`]?.ms).toBeGreaterThan(0);
    expect(readFileSync(join(folder, 'growth.md'), 'utf8')).toContain('| page of 50: halfway |');
  }, 180_000);
});
