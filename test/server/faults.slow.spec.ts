import { execFile } from 'node:child_process';
import { join } from 'node:path';

const RUNNER = join(__dirname, '../faults/run.mjs');
const SEED = process.env.FAULTS_SEED ?? '4711';
const SCENARIOS = 'kill-product,terminate-connections,read-only';

/** Runs scenarios of `npm run test:faults` for a short time. @returns their exit code and report */
function faults(...args: string[]): Promise<{ code: number; report: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [RUNNER, '--seed', SEED, ...args], { maxBuffer: 64e6 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, report: stdout + stderr }),
    ),
  );
}

describe('The product under faults', () => {
  it(`keeps every acknowledged write, leaves nothing half done, and recovers: ${SCENARIOS}`, async () => {
    const { code, report } = await faults('--only', SCENARIOS, '--together', '--seconds', '2');
    expect([code, code === 0 ? '' : report]).toEqual([0, '']);
    expect(report).toContain('ok      each acknowledged write has its audit entries');
  }, 400_000);

  it('answers hostile requests, as many as are asked for', async () => {
    const { code, report } = await faults('--only', '', '--hostile', '20');
    expect([code, code === 0 ? '' : report]).toEqual([0, '']);
    expect(report).toMatch(/== hostile-requests: 20 requests[\s\S]*Tests: +\d+ passed/);
  }, 180_000);
});
