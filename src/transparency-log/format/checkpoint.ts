import { type Tree } from './merkle.js';
import { parseNote, signNote, type NoteSigner, type SignedNote } from './signed-note.js';

/** What a signature vouches for: so large was the log at that time, and this was the root of its tree. */
export interface Checkpoint extends Tree {
  /** The name of the log. */
  readonly origin: string;
  /** ISO 8601 in UTC. */
  readonly time: string;
}

export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly note: SignedNote;
}

const SIZE = /^(?:0|[1-9][0-9]{0,15})$/;
const ROOT = /^[A-Za-z0-9+/]{43}=$/;
const TIME = /^time (\S+)$/;

/** A checkpoint in the format of https://c2sp.org/tlog-checkpoint; its one extension line is `time`. */
export function signCheckpoint({ origin, size, root, time }: Checkpoint, signer: NoteSigner): string {
  return signNote(`${origin}\n${size}\n${root.toString('base64')}\ntime ${time}\n`, signer);
}

/**
 * Reads a checkpoint; whether its signature is right is for `isSignedBy` to say.
 *
 * @throws where it is none
 */
export function parseCheckpoint(text: string): SignedCheckpoint {
  const note = parseNote(text);
  const [origin = '', size = '', root = '', ...extensions] = note.text.slice(0, -1).split('\n');
  if (!origin || !SIZE.test(size) || !ROOT.test(root)) throw new Error('It is not a checkpoint');
  const time = extensions.map((line) => TIME.exec(line)?.[1]).find(Boolean) ?? '';
  return { checkpoint: { origin, size: Number(size), root: Buffer.from(root, 'base64'), time }, note };
}

/** The checkpoints of a file to which they were appended. @throws where there is something else in it */
export function parseCheckpoints(file: string): SignedCheckpoint[] {
  const notes = file.match(/[\s\S]*?\n\n(?:— .*\n)+/g) ?? [];
  if (notes.join('').length !== file.trimStart().length) throw new Error('The file has more than checkpoints in it');
  return notes.map((note) => parseCheckpoint(note.trimStart()));
}
