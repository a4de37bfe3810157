import { canonicalJson } from '../format/canonical-json.js';
import { leafContent, type EntryRow, type Leaf } from '../format/leaf.js';
import { leafHash, verifyInclusion, type Tree } from '../format/merkle.js';
import { parseBundleJson } from './bundle-files.js';
import { BundleError, type EntryRecord, type Redacted } from './bundle.js';

const HASH = /^[A-Za-z0-9+/]{43}=$/;

/** Converts an entry to a line of a bundle. @param redacted the values that were removed from it */
export function toEntryRecord(row: EntryRow, position: number, redacted: readonly Redacted[]): EntryRecord {
  const { entity_name, changes, reason, salt } = row;
  return {
    position,
    leaf: leafContent(row),
    values: { entity_name, changes, reason },
    salt: salt && Buffer.from(salt).toString('hex'),
    openings: row.openings ?? null,
    redacted,
  };
}

/** Parses a line of `entries.ndjson`. @throws BundleError where it is not an entry in canonical JSON */
export function parseEntryRecord(text: string, where: string): EntryRecord {
  const line = parseBundleJson<EntryRecord>(text, where);
  if (!hasShape(line)) throw new BundleError(`${where} is not an entry`);
  const { position, leaf, values, salt, openings, redacted } = line;
  const { entity_name, changes, reason } = values;
  const expected = { position, leaf, values: { entity_name, changes, reason }, salt, openings, redacted };
  if (canonicalOrUndefined(expected) !== text) throw new BundleError(`${where} is not canonical JSON of an entry`);
  return line;
}

function hasShape(line: Partial<EntryRecord> | null): boolean {
  const objects = [line?.leaf, line?.values].every((part) => typeof part === 'object' && part !== null);
  return objects && Number.isSafeInteger(line?.position) && Array.isArray(line?.redacted);
}

/** Returns undefined for values that JSON can express and RFC 8785 cannot. */
function canonicalOrUndefined(value: unknown): string | undefined {
  try {
    return canonicalJson(value);
  } catch {
    return undefined;
  }
}

/** Names an entry in messages, with nothing in it that could move the cursor of a terminal. */
export const entryLabel = ({ position, leaf }: EntryRecord): string =>
  `Entry ${JSON.stringify(leaf.id)} (position ${position})`;

/** @throws BundleError unless the values match the leaf's commitments, and the leaf is at its position in the tree */
export function assertEntryProven(line: EntryRecord, hashes: readonly string[], tree: Tree): void {
  const name = entryLabel(line);
  const leaf = canonicalJson(line.leaf);
  assertCommitmentsMatch(line, leaf, name);
  const leafPosition = { position: line.position, hash: leafHash(leaf) };
  if (!Array.isArray(hashes) || !hashes.every((hash) => typeof hash === 'string' && HASH.test(hash)))
    throw new BundleError(`${name}: its proof is not a list of hashes`);
  const proof = hashes.map((hash) => Buffer.from(hash, 'base64'));
  if (!verifyInclusion(tree, leafPosition, proof))
    throw new BundleError(
      `${name} is not in the tree of ${tree.size} entries: the entry, its position or its proof was changed`,
    );
}

function assertCommitmentsMatch(line: EntryRecord, canonicalLeaf: string, name: string): void {
  const { leaf, values, salt, openings } = line;
  if ((salt === null) === (openings === null))
    throw new BundleError(`${name} has neither a salt nor openings, or both`);
  const row = { ...leaf, ...values, salt: salt === null ? null : Buffer.from(salt, 'hex'), openings };
  const actual = leafContentOrThrow(row as EntryRow, name);
  if (canonicalJson(actual) === canonicalLeaf) return;
  const expected = commitmentsIn(leaf);
  const found = commitmentsIn(actual);
  const paths = new Set([...expected.keys(), ...found.keys()]);
  const path = [...paths].find((one) => expected.get(one) !== found.get(one)) ?? 'its leaf';
  throw new BundleError(`${name}: ${path} does not match its commitment: the value, the salt or the leaf was changed`);
}

function leafContentOrThrow(row: EntryRow, name: string): Leaf {
  try {
    return leafContent(row);
  } catch (error) {
    throw new BundleError(`${name}: ${(error as Error).message}`);
  }
}

/** Returns all values of the leaf that may be commitments, by path, for any shape of its changes. */
function commitmentsIn({ entity_name, changes, reason }: Leaf): Map<string, unknown> {
  const found = new Map<string, unknown>([['entity_name', entity_name]]);
  const walk = (path: string, value: unknown): void => {
    if (typeof value !== 'object' || value === null) return void found.set(path, value);
    Object.entries(value).forEach(([key, inner]) => walk(`${path}.${key}`, inner));
  };
  walk('changes', changes);
  return found.set('reason', reason);
}
