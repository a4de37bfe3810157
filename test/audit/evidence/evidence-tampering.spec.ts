import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../../../src/transparency-log/format/canonical-json.js';
import { type EntryRecord, type Manifest } from '../../../src/transparency-log/bundle-verifier/bundle.js';
import { toEntryRecord } from '../../../src/transparency-log/bundle-verifier/entry-record.js';
import { anActor, as } from '../../support/actors.js';
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

describe('a bundle that was tampered with', () => {
  /** The first has seven entries; the other one was taken later. */
  let first: string;
  let later: string;
  let folder: string;

  const verify = (...args: string[]) => runVerifier(join(folder, 'verify.mjs'), ...args);

  beforeAll(async () => {
    const app = await TestApp.start();
    const manager = await anActor(app, 'manager');
    const auditor = await anActor(app, 'auditor');
    const { id } = await aTask(app, manager.id, { title: 'Close-out visit' });
    for (const description of ['One', 'Two', 'Three', 'Four', 'Five', 'Six'])
      await as(manager).patch(`/api/tasks/${id}`, { description }, { 'X-Change-Reason': `Because of ${description}` });
    first = await takeEvidence(auditor);
    folder = await unpack(first);
    later = await takeEvidence(auditor);
    await app.stop();
  });

  const nth = (i: number) => (lines: string[]) => lines[i] as string;
  const editLine = (copy: string, i: number, change: (line: EntryRecord) => unknown) =>
    rewrite(copy, 'entries.ndjson', (text) =>
      text
        .split('\n')
        .map((line, k) => (k === i ? canonicalJson(change(JSON.parse(line) as EntryRecord)) : line))
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

  /** Each is an attack by an insider who knows the format and makes the manifest fit. */
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
          return toEntryRecord(row as never, 2, []);
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
    ['swapped entries', swap('entries.ndjson'), /Entry 4 \(position 3\) comes after position 1: position 2 is missing/],
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

  /** Keeps the attack on the manifest. */
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
