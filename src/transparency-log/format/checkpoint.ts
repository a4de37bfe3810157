import { type Tree } from './merkle.js';
import { parseNote, signNote, type NoteSigner, type SignedNote } from './signed-note.js';

/** The signed statement of a log: its size and the root of its tree at a time. */
export interface Checkpoint extends Tree {
  /** Name of the log. */
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
/** Sticky: where no note follows, a search would try again from each later character, which is quadratic. */
const NEXT_NOTE = /[\s\S]*?\n\n(?:— .*\n)+/gy;

/** Signs a checkpoint in the format of https://c2sp.org/tlog-checkpoint, with `time` as its one extension line. */
export function signCheckpoint({ origin, size, root, time }: Checkpoint, signer: NoteSigner): string {
  return signNote(`${origin}\n${size}\n${root.toString('base64')}\ntime ${time}\n`, signer);
}

/**
 * Parses a checkpoint without verifying its signature; `isSignedBy` does that.
 *
 * @throws Error where the text is not a checkpoint
 */
export function parseCheckpoint(text: string): SignedCheckpoint {
  const note = parseNote(text);
  const [origin = '', size = '', root = '', ...extensions] = note.text.slice(0, -1).split('\n');
  if (!origin || !SIZE.test(size) || !ROOT.test(root)) throw new Error('It is not a checkpoint');
  const time = extensions.map((line) => TIME.exec(line)?.[1]).find(Boolean) ?? '';
  return { checkpoint: { origin, size: Number(size), root: Buffer.from(root, 'base64'), time }, note };
}

/**
 * Parses concatenated checkpoints, in time linear in the length of the text.
 *
 * @throws Error where there is anything else in the text
 */
export function parseCheckpoints(file: string): SignedCheckpoint[] {
  const text = file.trimStart();
  const found: SignedCheckpoint[] = [];
  let end = 0;
  for (const { 0: note, index } of text.matchAll(NEXT_NOTE)) {
    found.push(parseCheckpoint(note.trimStart()));
    end = index + note.length;
  }
  if (end < text.length) throw new Error('The file has more than checkpoints in it');
  return found;
}
