import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { canonicalJson } from '../src/seals/canonical-json.js';
import { entryLine } from '../src/verifier/entry-line.js';
import { type EntryLine, type Manifest } from '../src/verifier/bundle.js';
import { anActor, as, type TestActor } from './support/actors.js';
import { TestApp } from './support/app.js';
import {
  copyOf,
  entriesIn,
  manifestIn,
  read,
  rehash,
  rewrite,
  runVerifier,
  takeEvidence,
  unpack,
} from './support/evidence.js';
import { aTask } from './support/factories.js';
import { intruder, TABLES } from './support/seals.js';

const KEY = Buffer.alloc(32, 7).toString('base64');
const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;

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
    expect(read(folder, 'verify.mjs')).toBe(readFileSync(join(__dirname, '../dist/verifier/verify.mjs'), 'utf8'));
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
      format: 'ctms-evidence/1',
      product: { name: 'CTMS' },
      taken_by: { id: auditor.id, name: auditor.username, role: 'auditor' },
      asked: { from: null, to: null, entity: [`task:${task}`] },
      complete: false,
      entries: { count: 5 },
    });
    const { body } = await as(auditor).get('/api/audit/entries?action=audit.exported');
    expect(body[1]).toMatchObject({
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

  it('has every place between two moments', async () => {
    const entries = entriesIn(folder);
    const moment = (i: number) => entries[i]?.leaf.occurred_at.replace(/\d{3}Z$/, 'Z') ?? '';
    const some = await unpack(await takeEvidence(auditor, `from=${moment(2)}&to=${moment(5)}`));
    const positions = entriesIn(some).map(({ position }) => position);
    expect(positions[0]).toBeLessThanOrEqual(2);
    expect(positions).toEqual(positions.map((_, i) => (positions[0] as number) + i));
    expect((await verify(some)).said).toMatch(/^OK/);
    const none = await takeEvidence(auditor, 'from=2200-01-01');
    expect((await verify(none)).said).toMatch(/^OK {2}0 entries \(/);
  });

  it('shows the life of the records to people, harmlessly', async () => {
    const report = read(folder, 'report.html');
    expect(report).toContain('Because of Two');
    expect(report).toContain('<td>Two</td><td>Three</td>');
    expect(report).toContain(`<td>${manifestIn(folder).tree.root}</td>`.replaceAll('&', '&#38;'));
    expect(report).not.toMatch(/<script|<img|onerror=[^&]*>/);
    expect(report).toContain('&#60;script&#62;');
    expect(read(folder, 'README.txt')).toContain('WHAT IT CANNOT PROVE');
  });

  describe('with a key from elsewhere', () => {
    it('is verified against that key alone', async () => {
      const files = mkdtempSync(join(tmpdir(), 'keys-'));
      const [right, wrong] = ['right', 'wrong'].map((name) => join(files, name)) as [string, string];
      writeFileSync(right, `# the key\n${manifestIn(folder).tree.key}\n`);
      writeFileSync(wrong, 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n');
      expect((await verify(first, '--key', right)).said).toContain('which is the key that was given');
      const { code, said } = await verify(first, '--key', wrong);
      expect([code, said]).toEqual([1, expect.stringContaining('which is not the key that was given')]);
    });
  });

  describe('tampered with', () => {
    const nth = (i: number) => (lines: string[]) => lines[i] as string;
    const editLine = (copy: string, i: number, change: (line: EntryLine) => unknown) =>
      rewrite(copy, 'entries.ndjson', (text) =>
        text
          .split('\n')
          .map((line, k) => (k === i ? canonicalJson(change(JSON.parse(line) as EntryLine)) : line))
          .join('\n'),
      );
    const without = (name: string, i: number) => (copy: string) =>
      rewrite(copy, name, (text) => text.split('\n').toSpliced(i, 1).join('\n'));
    const twice = (name: string, i: number) => (copy: string) =>
      rewrite(copy, name, (text) => {
        const lines = text.split('\n');
        return lines.toSpliced(i, 0, nth(i)(lines)).join('\n');
      });
    const swap = (name: string) => (copy: string) =>
      rewrite(copy, name, (text) => {
        const lines = text.split('\n');
        return lines.with(2, nth(3)(lines)).with(3, nth(2)(lines)).join('\n');
      });
    const counting = (change: (entries: { count: number; first: number; last: number }) => void) => (copy: string) =>
      rehash(copy, ({ entries }) => change(entries as never));

    /** Each is what somebody does who knows how a bundle is made, and makes the manifest fit. */
    const attacks: [string, (copy: string) => unknown, RegExp][] = [
      [
        'another value',
        (copy) => editLine(copy, 2, (line) => ({ ...line, values: { ...line.values, reason: 'Another' } })),
        /^NOT OK {2}Entry 3 \(position 2\): reason does not match its commitment/,
      ],
      [
        'another value before',
        (copy) => rewrite(copy, 'entries.ndjson', (text) => text.replace('["One","Two"]', '["0ne","Two"]')),
        /Entry 2 \(position 1\): changes\.description\.0 does not match/,
      ],
      [
        'another salt',
        (copy) => editLine(copy, 2, (line) => ({ ...line, salt: '00'.repeat(16) })),
        /Entry 3 \(position 2\): entity_name does not match its commitment/,
      ],
      [
        'another actor',
        (copy) => editLine(copy, 2, (line) => ({ ...line, leaf: { ...line.leaf, actor_name: 'nobody' } })),
        /Entry 3 \(position 2\) is not in the tree of 7 entries/,
      ],
      [
        'a new leaf for a new value',
        (copy) =>
          editLine(copy, 2, ({ leaf, values, salt }) => {
            const row = { ...leaf, ...values, reason: 'Another', salt: Buffer.from(salt ?? '', 'hex') };
            return entryLine(row as never, 2, []);
          }),
        /Entry 3 \(position 2\) is not in the tree of 7 entries/,
      ],
      [
        'more in a line',
        (copy) => editLine(copy, 2, (line) => ({ ...line, note: 'x' })),
        /entries\.ndjson line 3 is not canonical JSON of an entry/,
      ],
      [
        'a value taken out without a word',
        (copy) => editLine(copy, 2, (line) => ({ ...line, values: { ...line.values, reason: null } })),
        /Entry 3 \(position 2\): reason does not match/,
      ],
      [
        'another hash in a proof',
        (copy) => rewrite(copy, 'proofs.ndjson', (text) => text.replace(/("position":2,"hashes":\[")[^"]{3}/, '$1AAA')),
        /Entry 3 \(position 2\) is not in the tree/,
      ],
      [
        'a dropped entry',
        without('entries.ndjson', 2),
        /Entry 4 \(position 3\) comes after position 1: position 2 is missing/,
      ],
      [
        'a dropped entry with its proof',
        (copy) => ['entries.ndjson', 'proofs.ndjson'].forEach((name) => without(name, 2)(copy)),
        /position 2 is missing/,
      ],
      [
        'a dropped tail',
        (copy) => {
          ['entries.ndjson', 'proofs.ndjson'].forEach((name) => without(name, 6)(copy));
          counting((entries) => Object.assign(entries, { count: 6, last: 5 }))(copy);
        },
        /The bundle is of everything there is, and has positions \d to \d of 7/,
      ],
      [
        'a dropped head',
        (copy) => {
          ['entries.ndjson', 'proofs.ndjson'].forEach((name) => without(name, 0)(copy));
          counting((entries) => Object.assign(entries, { count: 6, first: 1 }))(copy);
        },
        /The bundle is of everything there is, and has positions \d to \d of 7/,
      ],
      ['a dropped proof', without('proofs.ndjson', 2), /Entry 3 \(position 2\) and the proof beside it, of position 3/],
      ['an added entry', twice('entries.ndjson', 2), /Entry 3 \(position 2\) comes after position 2/],
      ['an added proof', twice('proofs.ndjson', 6), /proofs\.ndjson has more lines than entries\.ndjson/],
      [
        'swapped entries',
        swap('entries.ndjson'),
        /Entry 4 \(position 3\) comes after position 1: position 2 is missing/,
      ],
      [
        'a checkpoint of another root',
        (copy) => rewrite(copy, 'checkpoints/newest.txt', (text) => text.replace(/\n[A-Za-z0-9+/]{3}/g, '\nAAA')),
        /checkpoints\/newest\.txt is not (signed by a key|a checkpoint)/,
      ],
      [
        'a checkpoint of another time',
        (copy) => rewrite(copy, 'checkpoints/newest.txt', (text) => text.replace(/time 2/, 'time 1')),
        /checkpoints\/newest\.txt is not signed by a key of keys\.json/,
      ],
      [
        'another key',
        (copy) =>
          rewrite(copy, 'keys.json', (text) =>
            text.replace(
              /"id": ".*",\s+"key": ".*"/,
              '"id": "c74f20a3", "key": "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"',
            ),
          ),
        /checkpoints\/newest\.txt is not signed by a key of keys\.json/,
      ],
      [
        'a key under the id of another',
        (copy) => rewrite(copy, 'keys.json', (text) => text.replace(/"id": "../, '"id": "zz')),
        /keys\.json: "zz.*" is not the key that it says/,
      ],
      ['the count', counting((entries) => (entries.count = 9)), /manifest\.json counts 9 entries, and there are 7/],
      [
        'who asked',
        (copy) => rehash(copy, (manifest) => (manifest.taken_by = { id: 1, name: 'x', role: 'auditor' })),
        /manifest\.json says another thing of who asked for what than Entry 7 \(position 6\)/,
      ],
      [
        'what was asked',
        (copy) => rehash(copy, (manifest) => (manifest.asked = { from: null, to: null, entity: ['task:1'] })),
        /says another thing of who asked for what/,
      ],
      [
        'another root in the manifest',
        (copy) => rehash(copy, (manifest) => (manifest.tree = { ...(manifest.tree as object), root: 'x' })),
        /manifest\.json and checkpoints\/newest\.txt differ in the root of the tree/,
      ],
      [
        'the report',
        (copy) => rewrite(copy, 'report.html', (text) => text.replace('Because of Two', 'Because of nothing')),
        /report\.html does not show what the entries/,
      ],
      ['a file more', (copy) => writeFileSync(join(copy, 'more.txt'), 'x\n'), /./],
      [
        'not a manifest',
        (copy) => writeFileSync(join(copy, 'manifest.json'), '{}\n'),
        /manifest\.json is not of the format/,
      ],
      ['a manifest of nothing', (copy) => writeFileSync(join(copy, 'manifest.json'), 'null\n'), /not of the format/],
      [
        'a broken line',
        (copy) => rewrite(copy, 'entries.ndjson', (text) => text.slice(0, -9)),
        /breaks off in the middle|is not JSON/,
      ],
    ];

    it.each(attacks)('%s is found', async (name, attack, expected) => {
      const copy = copyOf(folder);
      attack(copy);
      if (!/manifest/.test(name) && name !== 'a file more') rehash(copy, sameManifest(copy));
      const { code, said } = await verify(copy);
      if (name === 'a file more') expect(said).toContain('"more.txt" is not a file of the bundle');
      expect(said).toMatch(/^NOT OK {2}/);
      expect(said).toMatch(expected);
      expect(code).toBe(1);
    });

    /** What the attack did to the manifest stays. */
    const sameManifest = (copy: string) => {
      const { files: _files, ...rest } = manifestIn(copy) as Manifest;
      return (manifest: Record<string, unknown>) => Object.assign(manifest, rest);
    };

    it.each(['README.txt', 'verify.mjs', 'consistency.ndjson'])('%s is found by its hash', async (name) => {
      const copy = copyOf(folder);
      writeFileSync(join(copy, name), `${read(copy, name)}\n`);
      const { code, said } = await verify(copy);
      expect([code, said]).toEqual([
        1,
        expect.stringMatching(name === 'consistency.ndjson' ? /^NOT OK/ : /its SHA-256 is another/),
      ]);
    });

    it('with the checkpoint of another bundle is found', async () => {
      const copy = copyOf(folder);
      const newer = await unpack(later);
      rewrite(copy, 'checkpoints/newest.txt', () => read(newer, 'checkpoints/newest.txt'));
      rehash(copy);
      expect(await verify(copy)).toEqual({ code: 1, said: expect.stringMatching(/differ in the size of the tree/) });
      rehash(copy, (manifest) => (manifest.tree = manifestIn(newer).tree));
      expect(await verify(copy)).toEqual({
        code: 1,
        said: expect.stringMatching(/Entry 1 \(position 0\) is not in the tree/),
      });
    });

    it('a zip that is cut or broken is found, and what is no bundle at all', async () => {
      const bytes = readFileSync(first);
      const cut = join(mkdtempSync(join(tmpdir(), 'cut-')), 'cut.zip');
      writeFileSync(cut, bytes.subarray(0, bytes.length - 40));
      expect(await verify(cut)).toEqual({ code: 1, said: expect.stringContaining('not a zip, or its end is missing') });
      const broken = Buffer.from(bytes);
      broken.fill(0xff, 60, 200);
      writeFileSync(cut, broken);
      expect(await verify(cut)).toEqual({ code: 1, said: expect.stringMatching(/^NOT OK/) });
      expect((await verify('/nowhere.zip')).code).toBe(2);
      expect((await verify('--nonsense')).code).toBe(2);
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

    it('extends any checkpoint that somebody holds', async () => {
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
