import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestApp } from '../support/app.js';
import { checkpointOf, intruder, someHistory } from '../support/seals.js';

const AUDIT_SIGNING_KEY = Buffer.alloc(32, 1).toString('base64');
/** More than one thread is asked for. */
const ENTRIES = 20_500;

let app: TestApp;

/** The command of the build, in a process of its own. */
function verify(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, ENVIRONMENT: 'test', DATABASE_URL: app.url, AUDIT_SIGNING_KEY };
  const command = join(__dirname, '../../dist/cli/verify-audit.command.js');
  return new Promise((resolve) =>
    execFile(process.execPath, [command, ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    ),
  );
}

beforeAll(async () => {
  app = await TestApp.start({ AUDIT_SIGNING_KEY });
});
afterAll(() => app.stop());

describe('audit:verify', () => {
  it('says what it found, and ends with 1 where that is bad', async () => {
    expect(await verify()).toMatchObject({
      code: 0,
      out: 'OK: no entry is sealed yet; 0 wait, none for more than 301 s\n',
    });
    await someHistory(app, ENTRIES);
    const { checkpoint, note } = await checkpointOf(app);
    const file = join(mkdtempSync(join(tmpdir(), 'ctms-verify-')), 'checkpoints.txt');
    const [signature] = note.signatures;
    const line = Buffer.concat([Buffer.from(signature?.keyId ?? '', 'hex'), signature?.signature ?? Buffer.of()]);
    writeFileSync(file, `${note.text}\n— ${signature?.name} ${line.toString('base64')}\n`);
    const right = await verify('--checkpoints', file);
    expect(right).toMatchObject({ code: 0, err: '' });
    expect(right.out).toMatch(
      new RegExp(
        `^OK: ${ENTRIES + 1} entries, root [0-9a-f]{64}, \\d+ checkpoints, the last of .*Z signed by \\w{8}; 0 `,
      ),
    );
    expect(checkpoint.size).toBe(ENTRIES + 1);

    const thief = await intruder(app);
    await thief.query(`UPDATE audit_trail SET changes = '{}' WHERE id IN (20200, 20300)`);
    const wrong = {
      code: 1,
      out: expect.stringMatching(/^NOT OK: Entry 20200 \(task.updated, task \d+\) at position \d+ /),
    };
    expect(await verify()).toMatchObject(wrong);
    await thief.query('DELETE FROM audit_seals WHERE position >= 20100');
    expect(await verify()).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /^NOT OK: Nothing is sealed at position 20100: the tail is missing, since there was the/,
      ),
    });
    await thief.end();
  }, 600_000);

  it('names faults of its arguments before it starts', async () => {
    expect(await verify('--grace', 'soon')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Usage:') });
    expect(await verify('--checkpoints', '/nowhere')).toMatchObject({
      code: 1,
      err: expect.stringContaining('ENOENT'),
    });
  });
});
