import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseCheckpoint, signCheckpoint } from '../../../src/transparency-log/format/checkpoint.js';
import { signerOf } from '../../../src/transparency-log/format/signed-note.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import {
  copyOf,
  manifestIn,
  read,
  rehash,
  rewrite,
  runVerifier,
  takeEvidence,
  unpack,
} from '../../support/evidence.js';
import { aTask } from '../../support/factories.js';

const VERIFIER = join(__dirname, '../../../dist/transparency-log/bundle-verifier/verify.mjs');
const [OLD, NEW] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];

describe('evidence after the key was followed by another', () => {
  let first: TestApp;
  let second: TestApp;
  let early: string;
  let late: string;
  let folder: string;

  beforeAll(async () => {
    first = await TestApp.start({ AUDIT_SIGNING_KEY: OLD });
    const auditor = await anActor(first, 'auditor');
    const manager = await anActor(first, 'manager');
    const { id } = await aTask(first, manager.id);
    await as(manager).patch(`/api/tasks/${id}`, { title: 'One' });
    early = await takeEvidence(auditor);
    second = await TestApp.start({ AUDIT_SIGNING_KEY: NEW }, first);
    await as(manager).patch(`/api/tasks/${id}`, { title: 'Two' });
    const there: TestActor = { ...auditor, app: second };
    await takeEvidence(there);
    late = await takeEvidence(there);
    folder = await unpack(late);
  });
  afterAll(async () => {
    await second.stop();
    await first.stop();
  });

  it('extends what the old key signed', async () => {
    expect(JSON.parse(read(folder, 'keys.json'))).toHaveLength(2);
    expect(manifestIn(folder).tree.key).toContain(signerOf('ctms/CTMS', NEW).id);
    expect(await runVerifier(VERIFIER, late, '--earlier', early)).toEqual({
      code: 0,
      said: expect.stringContaining('extends the tree of'),
    });
  });

  it('is not signed by the old key any more', async () => {
    const copy = copyOf(folder);
    rewrite(copy, 'checkpoints/newest.txt', (text) =>
      signCheckpoint(parseCheckpoint(text).checkpoint, signerOf('ctms/CTMS', OLD)),
    );
    rehash(copy);
    expect(await runVerifier(VERIFIER, copy)).toEqual({
      code: 1,
      said: expect.stringMatching(/signed by the key .*, which was not in use at \d+ entries/),
    });
  });

  it('that hides the old key does not extend what it signed', async () => {
    const copy = copyOf(folder);
    rewrite(copy, 'keys.json', (text) => `${JSON.stringify((JSON.parse(text) as object[]).slice(1))}\n`);
    for (const name of ['checkpoints/earlier.txt', 'consistency.ndjson']) writeFileSync(join(copy, name), '');
    rehash(copy);
    expect((await runVerifier(VERIFIER, copy)).code).toBe(0);
    expect((await runVerifier(VERIFIER, copy, '--earlier', early)).said).toContain('keys.json lacks the key');
  });

  it('is verified by the command of the product as well, without a database', async () => {
    const command = join(__dirname, '../../../dist/cli/verify-audit.command.js');
    const env = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [command, late, '--earlier', early], { env });
    expect(stdout).toMatch(/^OK {2}\d+ entries/);
    await expect(run(process.execPath, [command, early, '--earlier', late], { env })).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringContaining('NOT OK'),
    });
  });
});
