import { signerOf, parseNote, signNote, verifierLine, type NoteSigner } from '../format/signed-note.js';
import { type KeyRecord } from './bundle.js';
import { BundleKeyHistory } from './verify-checkpoints.js';

const signer = (byte: number) => signerOf('ctms/test', Buffer.alloc(32, byte).toString('base64'));
const record = (key: NoteSigner, first_size: number): KeyRecord => ({
  id: key.id,
  key: verifierLine(key),
  first_size,
  introduced_at: '2026-03-01T09:30:00.000Z',
});
const noteOf = (...signers: NoteSigner[]) => {
  const [first, ...others] = signers.map((key) => signNote('a\n', key));
  return parseNote([first, ...others.map((note) => note.slice(note.lastIndexOf('— ')))].join(''));
};

describe('the keys of a bundle', () => {
  const [old, unused, next] = [signer(1), signer(2), signer(3)];
  const keys = new BundleKeyHistory([record(old, 0), record(unused, 10), record(next, 10)]);

  it('sign the sizes of their time, and no others', () => {
    expect(keys.signerOrThrow(noteOf(old), 10, 'It').id).toBe(old.id);
    expect(keys.signerOrThrow(noteOf(unused), 11, 'It').id).toBe(unused.id);
    expect(keys.signerOrThrow(noteOf(next), 11, 'It').id).toBe(next.id);
    expect(() => keys.signerOrThrow(noteOf(old), 11, 'It')).toThrow('not in use at 11');
    expect(() => keys.signerOrThrow(noteOf(next), 10, 'It')).toThrow('not in use at 10');
    expect(() => keys.signerOrThrow(noteOf(next, old), 11, 'It')).toThrow('not in use at 11');
    expect(() => keys.signerOrThrow(noteOf(signer(4)), 11, 'It')).toThrow('not signed by a key');
  });

  it('stand in the order of introduction, each once', () => {
    expect(() => new BundleKeyHistory([record(next, 10), record(old, 0)])).toThrow('not in the order');
    expect(() => new BundleKeyHistory([record(old, 0), record(old, 10)])).toThrow('a key twice');
    expect(keys.has(unused)).toBe(true);
    expect(keys.has(signer(4))).toBe(false);
  });
});
