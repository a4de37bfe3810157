import { generateKeyPairSync } from 'node:crypto';
import { parseCheckpoint, parseCheckpoints, signCheckpoint } from './checkpoint.js';
import { sha256 } from './sha256.js';
import { isSignedBy, keyFromLine, parseNote, signerOf, signNote, verifierLine } from './signed-note.js';

const seed = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const signer = signerOf('ctms/test', seed(1));
const checkpoint = { origin: 'ctms/test', size: 5, root: sha256('x'), time: '2026-03-01T09:30:00.000Z' };

/** The example of the package that signed notes come from. */
const NAME = 'PeterNeumann';
const PUBLISHED_SEED = Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64')
  .subarray(1)
  .toString('base64');
const PUBLISHED_LINE = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const PUBLISHED_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const PUBLISHED_NOTE = `${PUBLISHED_TEXT}
— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

describe('a signed note', () => {
  it('is the published one, byte by byte', () => {
    const published = keyFromLine(PUBLISHED_LINE);
    expect(isSignedBy(parseNote(PUBLISHED_NOTE), published)).toBe(true);
    expect(verifierLine(published)).toBe(PUBLISHED_LINE);
    expect(signNote(PUBLISHED_TEXT, signerOf(NAME, PUBLISHED_SEED))).toBe(PUBLISHED_NOTE);
  });

  it('is signed by no other key, name or text', () => {
    const note = signNote('a\n', signer);
    expect(isSignedBy(parseNote(note), signer)).toBe(true);
    expect(isSignedBy(parseNote(note), signerOf('ctms/test', seed(2)))).toBe(false);
    expect(isSignedBy(parseNote(note), signerOf('ctms/other', seed(1)))).toBe(false);
    expect(isSignedBy(parseNote(note.replace('a\n', 'b\n')), signer)).toBe(false);
  });

  it.each([
    '',
    'a',
    'a\n',
    'a\n\n',
    'a\n\n\n',
    'a\n\n— x\n',
    'a\n\n— x AAAA\n',
    'a\n\n— x AAAAAAAA',
    'a\n\nx AAAAAAAA\n',
  ])('is not %j', (text) => {
    expect(() => parseNote(text)).toThrow(/not a signed note|malformed/);
  });

  it('has 16 signatures at most', () => {
    const note = signNote('a\n', signer);
    const line = note.slice(note.lastIndexOf('— '));
    expect(isSignedBy(parseNote(note + line.repeat(15)), signer)).toBe(true);
    expect(() => parseNote(note + line.repeat(16))).toThrow('more than 16 signatures');
  });

  it('takes a key as 32 bytes or as PEM, and no other', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const der = privateKey.export({ format: 'der', type: 'pkcs8' });
    expect(signerOf('x', pem).id).toBe(signerOf('x', der.subarray(-32).toString('base64')).id);
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    expect(() => signerOf('x', other.export({ format: 'pem', type: 'pkcs8' }) as string)).toThrow('not an Ed25519 key');
    expect(() => signerOf('x', 'c2hvcnQ=')).toThrow('not 32 bytes');
    expect(() => keyFromLine(PUBLISHED_LINE.replace('c74f20a3', 'c74f20a4'))).toThrow('is not the key');
  });
});

describe('a checkpoint', () => {
  it('has the lines of the format, and is read back', () => {
    const text = signCheckpoint(checkpoint, signer);
    const [origin, size, root, time, blank, signature, end] = text.split('\n');
    expect([origin, size, root, time, blank, end]).toEqual([
      'ctms/test',
      '5',
      sha256('x').toString('base64'),
      'time 2026-03-01T09:30:00.000Z',
      '',
      '',
    ]);
    expect(signature).toMatch(/^— ctms\/test [A-Za-z0-9+/]{91}=$/);
    const read = parseCheckpoint(text);
    expect(read.checkpoint).toEqual(checkpoint);
    expect(isSignedBy(read.note, signer)).toBe(true);
  });

  it('is not a note of something else', () => {
    for (const text of ['a\n', 'a\n1\n', 'a\n01\nx\n', 'a\n-1\n' + sha256('').toString('base64') + '\n'])
      expect(() => parseCheckpoint(signNote(text, signer))).toThrow('not a checkpoint');
  });

  it('is one of many in a file', () => {
    const notes = [1, 2, 3].map((size) => signCheckpoint({ ...checkpoint, size }, signer));
    const sizes = (file: string) => parseCheckpoints(file).map((one) => one.checkpoint.size);
    expect(sizes(notes.join(''))).toEqual([1, 2, 3]);
    expect(sizes(notes.join('\n'))).toEqual([1, 2, 3]);
    expect(sizes('')).toEqual([]);
    expect(sizes(`\n${notes.join('')}`)).toEqual([1, 2, 3]);
    expect(() => parseCheckpoints(`${notes.join('')}more`)).toThrow('more than checkpoints');
    expect(() => parseCheckpoints(`more\n${notes.join('')}`)).toThrow('not a checkpoint');
  });

  it.each([
    ['of line feeds', `—${'\n'.repeat(300_000)}x`],
    ['of signatures that no text precedes', '— x AAAAAAAA\n'.repeat(200_000)],
    ['of a text that has no end', `${'a\n'.repeat(300_000)}`],
  ])('is looked for only once in a file %s', (_, file) => {
    const started = performance.now();
    expect(() => parseCheckpoints(file)).toThrow('more than checkpoints');
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
