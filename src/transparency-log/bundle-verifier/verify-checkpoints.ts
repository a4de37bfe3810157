import { createPublicKey } from 'node:crypto';
import { parseCheckpoint, parseCheckpoints, type Checkpoint, type SignedCheckpoint } from '../format/checkpoint.js';
import { verifyConsistency, type Tree } from '../format/merkle.js';
import { isSignedBy, keyFromLine, rawKey, verifierLine, type NoteKey, type SignedNote } from '../format/signed-note.js';
import { readJson, readLines, parseBundleJson, readText } from './bundle-files.js';
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
  /** It signs trees larger than this, up to the size after which the next key begins. */
  readonly after: number;
  /** Infinity for the last key. */
  readonly until: number;
}

/** Knows which key of a log may sign which sizes: a replaced key signs no more. */
export class BundleKeyHistory {
  /** By id, in the order of introduction: a bundle may name many thousands, and has as many signatures to check. */
  private readonly periods: ReadonlyMap<string, Period>;

  /** @throws BundleError where a record is no key, or the records are out of order */
  constructor(records: readonly KeyRecord[]) {
    if (!Array.isArray(records)) throw new BundleError('keys.json is not a list of keys');
    const periods = periodsOf(records as readonly KeyRecord[]);
    this.periods = new Map(periods.map((period) => [period.key.id, period]));
    if (this.periods.size < periods.length) throw new BundleError('keys.json has a key twice');
    if (periods.some(({ after }, i) => i > 0 && after < (periods[i - 1] as Period).after))
      throw new BundleError('keys.json is not in the order of introduction');
  }

  /** Returns the key that signed a checkpoint. @throws BundleError where no key did that was in use at its size */
  signerOrThrow(note: SignedNote, size: number, where: string): NoteKey {
    const ids = new Set(note.signatures.map(({ keyId }) => keyId));
    const named = [...ids].map((id) => this.periods.get(id)).filter((period) => period !== undefined);
    const signer = named.sort((a, b) => a.after - b.after).find(({ key }) => isSignedBy(note, key));
    if (!signer) throw new BundleError(`${where} is not signed by a key of keys.json`);
    if (size <= signer.after || size > signer.until)
      throw new BundleError(`${where} is signed by the key ${signer.key.id}, which was not in use at ${size} entries`);
    return signer.key;
  }

  has(key: NoteKey): boolean {
    const known = this.periods.get(key.id);
    return known !== undefined && isSameKey(known.key, key);
  }
}

/** Ends each period where the next later one begins: keys may be introduced at one size. */
function periodsOf(records: readonly KeyRecord[]): Period[] {
  const starts = records.map((record) => ({ key: keyOrThrow(record), after: record.first_size }));
  let [last, until] = [Infinity, Infinity];
  return starts
    .toReversed()
    .map((start) => {
      if (start.after < last) [last, until] = [start.after, last];
      return { ...start, until };
    })
    .toReversed();
}

function keyOrThrow(record: KeyRecord): NoteKey {
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

/** A key that the inspector got independently; one in PEM may sign for any log. */
export type TrustedKey = Pick<NoteKey, 'publicKey'> & { readonly name?: string };

/** Parses keys: lines `name+id+key`, or a public key in PEM. @throws BundleError where there is none */
export function trustedKeys(text: string, file: string): TrustedKey[] {
  try {
    if (text.includes('-----BEGIN')) return [{ publicKey: createPublicKey(text) }];
    const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
    if (lines.length > 0) return lines.map(keyFromLine);
  } catch {
    // Reported below like a file without keys.
  }
  throw new BundleError(`${file} has no public key in it`);
}

const isTrusted = (trusted: TrustedKey, key: NoteKey): boolean =>
  isSameKey(trusted, key) && (trusted.name ?? key.name) === key.name;

const isSameKey = (a: Pick<NoteKey, 'publicKey'>, b: Pick<NoteKey, 'publicKey'>): boolean =>
  rawKey(a.publicKey).equals(rawKey(b.publicKey));

/** The signed part of a bundle: its tree, and the earlier trees that it extends. */
export interface VerifiedCheckpoints {
  readonly newest: Checkpoint;
  readonly signer: NoteKey;
  readonly keys: BundleKeyHistory;
  readonly earlier: readonly Checkpoint[];
  /** Proofs by the size of the earlier tree. */
  readonly consistency: ReadonlyMap<number, readonly Buffer[]>;
}

/**
 * Verifies keys, checkpoints and consistency proofs.
 *
 * @param trusted keys that the inspector got independently; undefined to trust those of the bundle
 * @throws BundleError where something is not signed, or contradicts the rest
 */
export async function verifyCheckpoints(
  files: BundleFiles,
  trusted?: readonly TrustedKey[],
): Promise<VerifiedCheckpoints> {
  const keys = new BundleKeyHistory(await readJson<KeyRecord[]>(files, FILES.keys));
  const { checkpoint: newest, note } = checkpointOrThrow(await readText(files, FILES.newest), FILES.newest);
  const signer = keys.signerOrThrow(note, newest.size, FILES.newest);
  if (newest.origin !== signer.name) throw new BundleError(`${FILES.newest} is of another log than its key`);
  if (trusted && !trusted.some((key) => isTrusted(key, signer)))
    throw new BundleError(`${FILES.newest} is signed by ${verifierLine(signer)}, which is not the key that was given`);
  const consistency = await readConsistencyProofs(files, newest.size);
  const earlier = checkpointsOrThrow(await readText(files, FILES.earlier), FILES.earlier).map((one) => {
    const where = `${FILES.earlier}: the checkpoint of ${one.checkpoint.size} entries`;
    keys.signerOrThrow(one.note, one.checkpoint.size, where);
    assertExtends(one.checkpoint, newest, consistency, where);
    return one.checkpoint;
  });
  return { newest, signer, keys, earlier, consistency };
}

/** @throws BundleError where the manifest describes another tree */
export function assertHeaderMatches({ tree }: BundleHeader, { newest, signer }: VerifiedCheckpoints): void {
  const { origin, size, root, time } = newest;
  const signed = { origin, size, root: root.toString('base64'), time, key: verifierLine(signer) };
  const other = (Object.keys(signed) as (keyof typeof signed)[]).find((field) => tree?.[field] !== signed[field]);
  if (other) throw new BundleError(`${FILES.manifest} and ${FILES.newest} differ in the ${other} of the tree`);
}

/** @throws BundleError unless the newest tree extends the old one */
export function assertExtends(
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

async function readConsistencyProofs(files: BundleFiles, size: number): Promise<Map<number, Buffer[]>> {
  const found = new Map<number, Buffer[]>();
  let last = 0;
  for await (const line of readLines(files, FILES.consistency)) {
    const { from, to, hashes } = parseBundleJson<ConsistencyProofRecord>(line, `A line of ${FILES.consistency}`) ?? {};
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

function checkpointOrThrow(text: string, where: string): SignedCheckpoint {
  try {
    return parseCheckpoint(text);
  } catch {
    throw new BundleError(`${where} is not a checkpoint`);
  }
}

/** Parses concatenated checkpoints. @throws BundleError where there is anything else */
export function checkpointsOrThrow(text: string, where: string): SignedCheckpoint[] {
  try {
    return parseCheckpoints(text);
  } catch {
    throw new BundleError(`${where} has more than checkpoints in it`);
  }
}
