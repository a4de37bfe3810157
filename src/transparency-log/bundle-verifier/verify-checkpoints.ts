import { createPublicKey } from 'node:crypto';
import { parseCheckpoint, parseCheckpoints, type Checkpoint, type SignedCheckpoint } from '../format/checkpoint.js';
import { verifyConsistency, type Tree } from '../format/merkle.js';
import { isSignedBy, keyFromLine, rawKey, verifierLine, type NoteKey, type SignedNote } from '../format/signed-note.js';
import { jsonOf, linesOf, parsed, textOf } from './bundle-files.js';
import {
  BundleError,
  FILES,
  type ConsistencyProofRecord,
  type KeyRecord,
  type BundleHeader,
  type BundleFiles,
} from './bundle.js';

interface Period {
  readonly key: NoteKey;
  /** It signs trees of more leaves than this, and of at most so many as the next one begins after. */
  readonly after: number;
}

/** The keys of a log, each with the sizes that it may sign: a key that was followed by another signs no more. */
export class BundleKeyHistory {
  private readonly periods: readonly Period[];

  /** @throws Fault where a record is no key, or they are not in their order */
  constructor(records: readonly KeyRecord[]) {
    if (!Array.isArray(records)) throw new BundleError('keys.json is not a list of keys');
    this.periods = (records as readonly KeyRecord[]).map((record) => ({
      key: keyIn(record),
      after: record.first_size,
    }));
    const ordered = this.periods.every(({ after }, i) => i === 0 || (this.periods[i - 1] as Period).after <= after);
    const distinct = new Set(this.periods.map(({ key }) => key.id)).size === this.periods.length;
    if (!distinct) throw new BundleError('keys.json has a key twice');
    if (!ordered) throw new BundleError('keys.json is not in the order of introduction');
  }

  /** The key that signed a checkpoint. @throws Fault where none did that might */
  signerOf(note: SignedNote, size: number, where: string): NoteKey {
    const signer = this.periods.find(({ key }) => isSignedBy(note, key));
    if (!signer) throw new BundleError(`${where} is not signed by a key of keys.json`);
    const { after } = signer;
    const followed = this.periods.some((next) => next.after > after && next.after < size);
    if (size <= after || followed)
      throw new BundleError(`${where} is signed by the key ${signer.key.id}, which was not in use at ${size} entries`);
    return signer.key;
  }

  has(key: NoteKey): boolean {
    return this.periods.some((one) => one.key.id === key.id && isSameKey(one.key, key));
  }
}

function keyIn(record: KeyRecord): NoteKey {
  const key = keyOrUndefined(record?.key);
  if (!key || key.id !== record.id || !Number.isSafeInteger(record.first_size))
    throw new BundleError(`keys.json: ${JSON.stringify(record?.id)} is not the key that it says`);
  return key;
}

function keyOrUndefined(line: unknown): NoteKey | undefined {
  try {
    return keyFromLine(String(line));
  } catch {
    return undefined;
  }
}

/** A key that the inspector has from elsewhere; one in PEM may sign for any log. */
export type TrustedKey = Pick<NoteKey, 'publicKey'> & { readonly name?: string };

/** The keys of a file: lines `name+id+key`, or a public key in PEM. */
export function trustedKeys(text: string, file: string): TrustedKey[] {
  try {
    if (text.includes('-----BEGIN')) return [{ publicKey: createPublicKey(text) }];
    const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
    if (lines.length > 0) return lines.map(keyFromLine);
  } catch {
    // Told below, whatever it was.
  }
  throw new BundleError(`${file} has no public key in it`);
}

const isTrusted = (trusted: TrustedKey, key: NoteKey): boolean =>
  isSameKey(trusted, key) && (trusted.name ?? key.name) === key.name;

const isSameKey = (a: Pick<NoteKey, 'publicKey'>, b: Pick<NoteKey, 'publicKey'>): boolean =>
  rawKey(a.publicKey).equals(rawKey(b.publicKey));

/** The signed part of a bundle: the tree that it speaks of, and how it grew. */
export interface VerifiedCheckpoints {
  readonly newest: Checkpoint;
  readonly signer: NoteKey;
  readonly keys: BundleKeyHistory;
  readonly earlier: readonly Checkpoint[];
  /** By the size of the earlier tree. */
  readonly consistency: ReadonlyMap<number, readonly Buffer[]>;
}

/**
 * Reads keys, checkpoints and consistency proofs.
 *
 * @param trusted keys that the inspector has from elsewhere; undefined: those of the bundle are taken at their word
 * @throws Fault where something is not signed, or contradicts the rest
 */
export async function verifyCheckpoints(
  files: BundleFiles,
  trusted?: readonly TrustedKey[],
): Promise<VerifiedCheckpoints> {
  const keys = new BundleKeyHistory(await jsonOf<KeyRecord[]>(files, FILES.keys));
  const { checkpoint: newest, note } = checkpointIn(await textOf(files, FILES.newest), FILES.newest);
  const signer = keys.signerOf(note, newest.size, FILES.newest);
  if (newest.origin !== signer.name) throw new BundleError(`${FILES.newest} is of another log than its key`);
  if (trusted && !trusted.some((key) => isTrusted(key, signer)))
    throw new BundleError(`${FILES.newest} is signed by ${verifierLine(signer)}, which is not the key that was given`);
  const consistency = await consistencyIn(files, newest.size);
  const earlier = checkpointsIn(await textOf(files, FILES.earlier), FILES.earlier).map((one) => {
    const where = `${FILES.earlier}: the checkpoint of ${one.checkpoint.size} entries`;
    keys.signerOf(one.note, one.checkpoint.size, where);
    checkGrowth(one.checkpoint, newest, consistency, where);
    return one.checkpoint;
  });
  return { newest, signer, keys, earlier, consistency };
}

/** @throws Fault where the manifest tells of another tree */
export function checkSubject({ tree }: BundleHeader, { newest, signer }: VerifiedCheckpoints): void {
  const { origin, size, root, time } = newest;
  const signed = { origin, size, root: root.toString('base64'), time, key: verifierLine(signer) };
  const other = (Object.keys(signed) as (keyof typeof signed)[]).find((field) => tree?.[field] !== signed[field]);
  if (other) throw new BundleError(`${FILES.manifest} and ${FILES.newest} differ in the ${other} of the tree`);
}

/** @throws Fault unless the newest tree began as the old one */
export function checkGrowth(
  old: Checkpoint,
  newest: Checkpoint,
  consistency: VerifiedCheckpoints['consistency'],
  where: string,
): void {
  if (old.origin !== newest.origin) throw new BundleError(`${where} is of another log: ${JSON.stringify(old.origin)}`);
  const proof = old.size === newest.size ? [] : consistency.get(old.size);
  if (!proof)
    throw new BundleError(
      `${where}: the bundle has no proof that its tree began as this one; ask for extends=${old.size}`,
    );
  if (!verifyConsistency(old satisfies Tree, newest, proof))
    throw new BundleError(`${where}: the newest tree did not begin as this one: what was sealed before was changed`);
}

async function consistencyIn(files: BundleFiles, size: number): Promise<Map<number, Buffer[]>> {
  const found = new Map<number, Buffer[]>();
  let last = 0;
  for await (const line of linesOf(files, FILES.consistency)) {
    const { from, to, hashes } = parsed<ConsistencyProofRecord>(line, `A line of ${FILES.consistency}`) ?? {};
    if (!Number.isSafeInteger(from) || to !== size || !Array.isArray(hashes))
      throw new BundleError(`${FILES.consistency} has a line that is not about the tree of ${size} entries`);
    if (from <= last) throw new BundleError(`${FILES.consistency} is not in the order of sizes, each once`);
    last = from;
    found.set(
      from,
      (hashes as readonly string[]).map((hash) => Buffer.from(String(hash), 'base64')),
    );
  }
  return found;
}

function checkpointIn(text: string, where: string): SignedCheckpoint {
  try {
    return parseCheckpoint(text);
  } catch {
    throw new BundleError(`${where} is not a checkpoint`);
  }
}

/** The checkpoints of a file. @throws Fault where there is something else in it */
export function checkpointsIn(text: string, where: string): SignedCheckpoint[] {
  try {
    return parseCheckpoints(text);
  } catch {
    throw new BundleError(`${where} has more than checkpoints in it`);
  }
}
