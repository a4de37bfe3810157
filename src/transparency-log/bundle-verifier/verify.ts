import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Checkpoint } from '../format/checkpoint.js';
import { verifierLine } from '../format/signed-note.js';
import { assertOnlyBundleFiles, isZip, openBundle } from './bundle-files.js';
import { BundleError, FILES, type Manifest } from './bundle.js';
import {
  assertExtends,
  checkpointsOrThrow,
  verifyCheckpoints,
  trustedKeys,
  type VerifiedCheckpoints,
} from './verify-checkpoints.js';
import { verifyContent } from './verify-bundle.js';

const USAGE = 'Usage: node verify.mjs [bundle.zip or its folder] [--earlier other.zip or checkpoints.txt] [--key FILE]';
const EXIT_INVALID = 1;
const EXIT_MISUSED = 2;
/** No defect, and no entry either, which proves nothing. */
const EXIT_EMPTY = 3;

interface Arguments {
  readonly bundle: string;
  readonly earlier: string | undefined;
  readonly key: string | undefined;
}

/**
 * Verifies a bundle and prints the result.
 *
 * @param args the arguments; without a bundle among them, the folder of the script is verified
 * @returns the exit code: 0, 1 where the bundle has a defect, 2 where it could not be read, 3 where it has no entries, which
 *   proves nothing
 */
export async function verify(args: readonly string[], script: string, print: (line: string) => void): Promise<number> {
  try {
    const options = parseArguments(args, script);
    const { lines, empty } = await verifyAll(options);
    lines.forEach(print);
    return empty ? EXIT_EMPTY : 0;
  } catch (error) {
    const misused = !(error instanceof BundleError) && isUsageOrSystemError(error);
    print(misused ? `${(error as Error).message}\n${USAGE}` : `NOT OK  ${failureMessage(error)}`);
    return misused ? EXIT_MISUSED : EXIT_INVALID;
  }
}

/** Errors of the arguments and the file system have a code; errors that a malformed bundle causes have none. */
const isUsageOrSystemError = (error: unknown): boolean => (error as { code?: unknown }).code !== undefined;

const failureMessage = (error: unknown): string =>
  error instanceof BundleError ? error.message : `The bundle has not the form of one: ${(error as Error).message}`;

class UsageError extends Error {
  readonly code = 'MISUSE';
}

function parseArguments(args: readonly string[], script: string): Arguments {
  const options = { earlier: { type: 'string' }, key: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (positionals.length > 1) throw new UsageError('One bundle at a time');
  const bundle = positionals[0] ?? dirname(script);
  if (positionals.length === 0 && !existsSync(join(bundle, FILES.manifest)))
    throw new UsageError('There is no bundle here');
  return { bundle, earlier: values.earlier, key: values.key };
}

async function verifyAll({ bundle, earlier, key }: Arguments): Promise<{ lines: string[]; empty: boolean }> {
  const trusted = key === undefined ? undefined : trustedKeys(await readFile(key, 'utf8'), key);
  const files = await openBundle(bundle);
  try {
    assertOnlyBundleFiles(files);
    const trees = await verifyCheckpoints(files, trusted);
    const manifest = await verifyContent(files, trees);
    const old = earlier === undefined ? undefined : await verifyEarlier(trees, earlier);
    const growth = old ? [`    extends the tree of ${old.size} entries sealed at ${old.time}`] : [];
    return {
      lines: [...summaryLines(manifest, trees, trusted !== undefined), ...growth],
      empty: manifest.entries.count === 0,
    };
  } finally {
    await files.close();
  }
}

function summaryLines(
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
 * Proves that a bundle extends an earlier bundle or checkpoint.
 *
 * @param path of an earlier bundle, or of a file of checkpoints, of which the last counts
 * @returns the earlier checkpoint
 * @throws BundleError where the bundle does not extend it
 */
async function verifyEarlier(trees: VerifiedCheckpoints, path: string): Promise<Checkpoint> {
  const bundle = (await stat(path)).isDirectory() || (await isZip(path));
  const earlier = bundle ? await checkpointOfBundle(trees, path) : await lastCheckpointOfFile(trees, path);
  const { size, time } = earlier;
  const { newest } = trees;
  const where = `The earlier checkpoint, of ${size} entries`;
  if (size > newest.size)
    throw new BundleError(
      `${where} at ${time}, is of a larger tree than this bundle, of ${newest.size} at ${newest.time}: this one is older, or the end of the trail was cut off`,
    );
  assertExtends(earlier, newest, trees.consistency, where);
  // An export is itself an entry, so that the tree of the next bundle is always larger.
  if (bundle && size === newest.size) throw new BundleError(`${where}, is that of this bundle: it is no later one`);
  return earlier;
}

async function checkpointOfBundle({ keys }: VerifiedCheckpoints, path: string): Promise<Checkpoint> {
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

async function lastCheckpointOfFile({ keys }: VerifiedCheckpoints, path: string): Promise<Checkpoint> {
  const last = checkpointsOrThrow(await readFile(path, 'utf8'), path).at(-1);
  if (!last) throw new BundleError(`${path} has no checkpoint in it`);
  keys.signerOrThrow(last.note, last.checkpoint.size, `The last checkpoint of ${path}`);
  return last.checkpoint;
}
