import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { keyFromLine, keyOf, rawKey, verifierLine } from '../../../src/transparency-log/format/signed-note.js';
import { reportEntry, reportFoot, reportHead } from '../../../src/transparency-log/bundle-verifier/report.js';
import { anActor, as, type TestActor } from '../../support/actors.js';
import { TestApp } from '../../support/app.js';
import {
  copyOf,
  entriesIn,
  manifestIn,
  read,
  rehash,
  runVerifier,
  takeEvidence,
  unpack,
} from '../../support/evidence.js';
import { aTask } from '../../support/factories.js';
import { intruder, TABLES } from '../../support/seals.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>\u202e`;

describe('evidence', () => {
  let app: TestApp;
  let manager: TestActor;
  let auditor: TestActor;
  let task: number;
  /** Of everything, of one task, and of everything some changes later. */
  let first: string;
  let single: string;
  let later: string;
  let folder: string;

  const verify = (...args: string[]) => runVerifier(join(folder, 'verify.mjs'), ...args);

  beforeAll(async () => {
    app = await TestApp.start({ AUDIT_SIGNING_KEY: KEY });
    manager = await anActor(app, 'manager');
    auditor = await anActor(app, 'auditor');
    task = (await aTask(app, manager.id, { title: 'Close-out visit' })).id;
    const other = await aTask(app, manager.id);
    for (const description of ['One', 'Two', 'Three', 'Four'])
      await as(manager).patch(
        `/api/tasks/${task}`,
        { description },
        { 'X-Change-Reason': `Because of ${description}` },
      );
    await as(manager).patch(`/api/tasks/${task}`, { title: HOSTILE });
    await as(manager).patch(`/api/tasks/${other.id}`, { description: 'Elsewhere' });
    first = await takeEvidence(auditor);
    folder = await unpack(first);
    single = await takeEvidence(auditor, `entity=task:${task}`);
    await as(manager).delete(`/api/tasks/${other.id}`);
    later = await takeEvidence(auditor);
  });
  afterAll(() => app.stop());

  it('verifies with Node alone, packed and unpacked', async () => {
    for (const args of [[], [first], [folder]]) {
      const { code, said } = await verify(...args);
      expect(said).toMatch(/^OK {2}7 entries, positions 0 to 6 \(every entry between them is here\)\n/);
      expect(said).toContain(`tree of 7 entries, sealed at ${manifestIn(folder).tree.time}`);
      expect(said).toContain(`root ${manifestIn(folder).tree.root}`);
      expect(said).toContain('compare it with one from elsewhere');
      expect(code).toBe(0);
    }
    const { said } = await verify(single);
    expect(said).toContain('OK  5 entries');
    expect(said).toContain('that nothing of it was left out is not proven');
    // Two builds of one version have one verifier.
    expect(read(folder, 'verify.mjs')).toBe(
      readFileSync(join(__dirname, '../../../dist/transparency-log/bundle-verifier/verify.mjs'), 'utf8'),
    );
    expect(read(folder, 'verify.mjs').match(/from "(?!node:)/)).toBeNull();
  });

  it('is a zip that others read, too', () => {
    const names = execFileSync('unzip', ['-Z1', first], { encoding: 'utf8' });
    expect(names.split('\n').slice(0, -1).sort()).toEqual(
      [...Object.keys(manifestIn(folder).files), 'manifest.json'].sort(),
    );
    expect(() => execFileSync('unzip', ['-tq', first])).not.toThrow();
  });

  it('says who asked for what, and is an entry itself', async () => {
    const manifest = manifestIn(await unpack(single));
    expect(manifest).toMatchObject({
      format: 'ctms-evidence/3',
      product: { name: 'CTMS' },
      taken_by: { id: auditor.id, name: auditor.username, role: 'auditor' },
      asked: { from: null, to: null, entity: [`task:${task}`] },
      complete: false,
      entries: { count: 5 },
    });
    const { body } = await as(auditor).get(`/api/audit/entries?action=audit.exported&q=${manifest.bundle}`);
    expect(body).toHaveLength(1);
    expect(body[0]).toMatchObject({
      actor_id: auditor.id,
      changes: {
        operation: [null, 'GET /api/audit/evidence'],
        query: [null, { entity: [`task:${task}`] }],
        bundle: [null, manifest.bundle],
      },
    });
  });

  it('is for auditors, and for what can be asked for', async () => {
    const developer = await anActor(app, 'developer');
    for (const who of [manager, developer]) expect((await as(who).get('/api/audit/evidence')).status).toBe(403);
    for (const query of ['entity=task', 'entity=task:0', 'entity=task:x', 'from=soon', 'extends=0', 'colour=red'])
      expect([query, (await as(auditor).get(`/api/audit/evidence?${query}`)).status]).toEqual([query, 422]);
  });

  it('is of records with any id', async () => {
    await app.rows(sql`INSERT INTO audit_trail (actor_name, actor_role, action, entity_type, entity_id, changes)
      VALUES ('x', 'system', 'test.done', 'test', 2147483647, '{}')`);
    const bundle = await unpack(await takeEvidence(auditor, 'entity=test:2147483647,test:9999999999'));
    expect(entriesIn(bundle).map(({ leaf }) => leaf.entity_id)).toEqual([2147483647]);
    expect((await verify(bundle)).code).toBe(0);
    expect((await as(auditor).get('/api/audit/evidence?entity=test:10000000000')).status).toBe(422);
  });

  it('has every place between two moments', async () => {
    const entries = entriesIn(folder);
    const moment = (i: number) => entries[i]?.leaf.occurred_at.replace(/\d{3}Z$/, 'Z') ?? '';
    const some = await unpack(await takeEvidence(auditor, `from=${moment(2)}&to=${moment(5)}`));
    const positions = entriesIn(some).map(({ position }) => position);
    expect(positions[0]).toBeLessThanOrEqual(2);
    expect(positions).toEqual(positions.map((_, i) => (positions[0] as number) + i));
    expect((await verify(some)).said).toMatch(/^OK/);
    const none = await takeEvidence(auditor, 'from=2200-01-01');
    expect((await verify(none)).said).toMatch(/^EMPTY {2}No entry is here/);
  });

  it('shows the life of the records to people, harmlessly', async () => {
    const report = read(folder, 'report.html');
    expect(report).toContain('Because of Two');
    expect(report).toContain('<td>Two</td><td>Three</td>');
    expect(report).toContain(`<td>${manifestIn(folder).tree.root}</td>`.replaceAll('&', '&#38;'));
    expect(report).not.toMatch(/<script|<img|onerror=[^&]*>/);
    expect(report).toContain('&#60;script&#62;');
    expect(read(folder, 'README.txt')).toContain('WHAT IT CANNOT PROVE');
    expect(report).toContain('alert(1)&#62;<span class="hidden">U+202E</span>');
    expect(report).not.toContain('\u202e');
  });

  it('is verified in the format before, too, whose report shows characters as they are', async () => {
    const older = copyOf(folder);
    const entries = entriesIn(older);
    const format = 'ctms-evidence/2';
    const parts = [reportHead(manifestIn(older), format), ...entries.map((line) => reportEntry(line, format))];
    writeFileSync(join(older, 'report.html'), [...parts, reportFoot(entries.length)].join(''));
    rehash(older, (manifest) => Object.assign(manifest, { format }));
    expect(read(older, 'report.html')).toContain('\u202e');
    expect((await verify(older)).said).toMatch(/^OK {2}7 entries/);
  });

  describe('with a key from elsewhere', () => {
    it('is verified against that key alone', async () => {
      const files = mkdtempSync(join(tmpdir(), 'keys-'));
      const at = (name: string) => join(files, name);
      const [right, wrong, pem, named] = [at('right'), at('wrong'), at('key.pem'), at('named')];
      writeFileSync(right, `# the key\n${manifestIn(folder).tree.key}\n`);
      writeFileSync(wrong, 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n');
      expect((await verify(first, '--key', right)).said).toContain('which is the key that was given');
      const { publicKey } = keyFromLine(manifestIn(folder).tree.key);
      writeFileSync(pem, publicKey.export({ format: 'pem', type: 'spki' }));
      expect((await verify(first, '--key', pem)).said).toContain('which is the key that was given');
      // The same key for another log is another one.
      writeFileSync(named, `${verifierLine(keyOf('ctms/staging', rawKey(publicKey)))}\n`);
      for (const key of [wrong, named]) {
        const { code, said } = await verify(first, '--key', key);
        expect([code, said]).toEqual([1, expect.stringContaining('which is not the key that was given')]);
      }
    });
  });

  describe('a later bundle', () => {
    it('extends the first, and not the other way round', async () => {
      const { code, said } = await verify(later, '--earlier', first);
      expect(said).toContain(`extends the tree of 7 entries sealed at ${manifestIn(folder).tree.time}`);
      expect(said).toContain('extends 2 earlier checkpoints in the bundle');
      expect(code).toBe(0);
      expect((await verify(later, '--earlier', folder)).code).toBe(0);
      expect(await verify(first, '--earlier', later)).toEqual({
        code: 1,
        said: expect.stringContaining('this one is older, or the end of the trail was cut off'),
      });
      expect(await verify(first, '--earlier', first)).toEqual({
        code: 1,
        said: expect.stringContaining('it is no later one'),
      });
    });

    it('extends any checkpoint that another party holds', async () => {
      const [row] = await app.rows<{ note: string; size: number }>(sql`SELECT note, tree_size::int AS size
        FROM audit_checkpoints WHERE tree_size NOT IN (7, 9, 11) ORDER BY tree_size DESC LIMIT 1`);
      const { note, size } = row ?? { note: '', size: 0 };
      const held = join(mkdtempSync(join(tmpdir(), 'held-')), 'checkpoint.txt');
      writeFileSync(held, note);
      const asked = await takeEvidence(auditor, `extends=${size}`);
      expect((await verify(asked, '--earlier', held)).said).toContain(`extends the tree of ${size} entries`);
    });

    it('of a history that was rewritten does not extend it, although the key signed it', async () => {
      const client = await intruder(app);
      await client.query(`UPDATE audit_trail SET reason = 'Because of Zwei' WHERE reason = 'Because of Two'`);
      for (const table of TABLES.slice(1)) await client.query(`DELETE FROM ${table}`);
      await client.end();
      // It has not seen how the trail was sealed before.
      const forger = await TestApp.start({ AUDIT_SIGNING_KEY: KEY }, app);
      const forged = await takeEvidence({ ...auditor, app: forger }, 'extends=7');
      await forger.stop();
      expect((await verify(forged)).said).toMatch(/^OK/);
      expect(await verify(forged, '--earlier', first)).toEqual({
        code: 1,
        said: expect.stringContaining('did not begin as this one: what was sealed before was changed'),
      });
    });
  });
});
