import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Checkpoint } from '../format/checkpoint.js';
import { verifierLine } from '../format/signed-note.js';
import { assertOnlyBundleFiles, isZip, openBundle } from './bundle-files.js';
import { BundleError, FILES, type Manifest } from './bundle.js';
import {
  checkGrowth,
  checkpointsIn,
  verifyCheckpoints,
  trustedKeys,
  type VerifiedCheckpoints,
} from './verify-checkpoints.js';
import { verifyContent } from './verify-bundle.js';

const USAGE = 'Usage: node verify.mjs [bundle.zip or its folder] [--earlier other.zip or checkpoints.txt] [--key FILE]';
const BAD = 1;
const MISUSED = 2;
/** Nothing is wrong, and nothing is proven either. */
const EMPTY = 3;

interface Arguments {
  readonly bundle: string;
  readonly earlier: string | undefined;
  readonly key: string | undefined;
}

/**
 * Verifies a bundle and says what came of it in words.
 *
 * @param given the arguments; without a bundle, the folder of the script is one
 * @returns the exit code: 0, 1 where something is wrong with the bundle, 2 where it could not be looked at, 3 where it has no
 *   entries, which proves nothing
 */
export async function verify(given: readonly string[], script: string, print: (line: string) => void): Promise<number> {
  try {
    const options = argumentsOf(given, script);
    const { lines, empty } = await verified(options);
    lines.forEach(print);
    return empty ? EMPTY : 0;
  } catch (error) {
    const misused = !(error instanceof BundleError) && isOfSystem(error);
    print(misused ? `${(error as Error).message}\n${USAGE}` : `NOT OK  ${wrongIn(error)}`);
    return misused ? MISUSED : BAD;
  }
}

/** What the arguments or the file system are to blame for has a code; what a malformed bundle leads to has none. */
const isOfSystem = (error: unknown): boolean => (error as { code?: unknown }).code !== undefined;

const wrongIn = (error: unknown): string =>
  error instanceof BundleError ? error.message : `The bundle has not the form of one: ${(error as Error).message}`;

class Misuse extends Error {
  readonly code = 'MISUSE';
}

function argumentsOf(args: readonly string[], script: string): Arguments {
  const options = { earlier: { type: 'string' }, key: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (positionals.length > 1) throw new Misuse('One bundle at a time');
  const bundle = positionals[0] ?? dirname(script);
  if (positionals.length === 0 && !existsSync(join(bundle, FILES.manifest)))
    throw new Misuse('There is no bundle here');
  return { bundle, earlier: values.earlier, key: values.key };
}

async function verified({ bundle, earlier, key }: Arguments): Promise<{ lines: string[]; empty: boolean }> {
  const trusted = key === undefined ? undefined : trustedKeys(await readFile(key, 'utf8'), key);
  const files = await openBundle(bundle);
  try {
    assertOnlyBundleFiles(files);
    const trees = await verifyCheckpoints(files, trusted);
    const manifest = await verifyContent(files, trees);
    const old = earlier === undefined ? undefined : await verifyEarlier(trees, earlier);
    const growth = old ? [`    extends the tree of ${old.size} entries sealed at ${old.time}`] : [];
    return {
      lines: [...story(manifest, trees, trusted !== undefined), ...growth],
      empty: manifest.entries.count === 0,
    };
  } finally {
    await files.close();
  }
}

function story(
  { entries, complete, tree }: Manifest,
  { signer, earlier }: VerifiedCheckpoints,
  trusted: boolean,
): string[] {
  const { count, first, last } = entries;
  const places = first === null ? '' : `, positions ${first} to ${last}`;
  const extent = complete
    ? 'every entry between them is here'
    : 'a selection: that nothing of it was left out is not proven';
  return [
    count === 0
      ? 'EMPTY  No entry is here: that nothing happened, or that nothing was left out, is not proven'
      : `OK  ${count} ${count === 1 ? 'entry' : 'entries'}${places} (${extent})`,
    `    tree of ${tree.size} entries, sealed at ${tree.time}`,
    `    root ${tree.root}`,
    `    key ${verifierLine(signer)}`,
    trusted
      ? '    which is the key that was given'
      : '    which the bundle itself names: compare it with one from elsewhere, or give it by --key',
    ...(earlier.length > 0 ? [`    extends ${earlier.length} earlier checkpoints in the bundle`] : []),
  ];
}

/**
 * Proves that a bundle extends what was taken or received before.
 *
 * @param path of an earlier bundle, or of a file of checkpoints, of which the last counts
 * @returns the earlier checkpoint
 * @throws Fault where it does not
 */
async function verifyEarlier(trees: VerifiedCheckpoints, path: string): Promise<Checkpoint> {
  const bundle = (await stat(path)).isDirectory() || (await isZip(path));
  const earlier = bundle ? await ofBundle(trees, path) : await ofFile(trees, path);
  const { size, time } = earlier;
  const { newest } = trees;
  const where = `The earlier checkpoint, of ${size} entries`;
  if (size > newest.size)
    throw new BundleError(
      `${where} at ${time}, is of a larger tree than this bundle, of ${newest.size} at ${newest.time}: this one is older, or the end of the trail was cut off`,
    );
  checkGrowth(earlier, newest, trees.consistency, where);
  // Taking a bundle is itself an entry, so that the next one is always larger.
  if (bundle && size === newest.size) throw new BundleError(`${where}, is that of this bundle: it is no later one`);
  return earlier;
}

async function ofBundle({ keys }: VerifiedCheckpoints, path: string): Promise<Checkpoint> {
  const files = await openBundle(path);
  try {
    assertOnlyBundleFiles(files);
    const earlier = await verifyCheckpoints(files);
    if (!keys.has(earlier.signer))
      throw new BundleError(`keys.json lacks the key ${earlier.signer.id}, which signed the earlier bundle`);
    return earlier.newest;
  } finally {
    await files.close();
  }
}

async function ofFile({ keys }: VerifiedCheckpoints, path: string): Promise<Checkpoint> {
  const last = checkpointsIn(await readFile(path, 'utf8'), path).at(-1);
  if (!last) throw new BundleError(`${path} has no checkpoint in it`);
  keys.signerOf(last.note, last.checkpoint.size, `The last checkpoint of ${path}`);
  return last.checkpoint;
}
