import { canonicalJson } from '../format/canonical-json.js';
import { leafContent, type EntryRow, type Leaf } from '../format/leaf.js';
import { leafHash, verifyInclusion, type Tree } from '../format/merkle.js';
import { parsed } from './bundle-files.js';
import { BundleError, type EntryRecord, type Redacted } from './bundle.js';

const HASH = /^[A-Za-z0-9+/]{43}=$/;

/** An entry as a line of a bundle. @param redacted what was taken out of it */
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

/** @throws Fault where the line is none of an entry, or not in its one form */
export function parseEntryRecord(text: string, where: string): EntryRecord {
  const line = parsed<EntryRecord>(text, where);
  if (!hasShape(line)) throw new BundleError(`${where} is not an entry`);
  const { position, leaf, values, salt, openings, redacted } = line;
  const { entity_name, changes, reason } = values;
  const whole = { position, leaf, values: { entity_name, changes, reason }, salt, openings, redacted };
  if (canonical(whole) !== text) throw new BundleError(`${where} is not canonical JSON of an entry`);
  return line;
}

function hasShape(line: Partial<EntryRecord> | null): boolean {
  const objects = [line?.leaf, line?.values].every((part) => typeof part === 'object' && part !== null);
  return objects && Number.isSafeInteger(line?.position) && Array.isArray(line?.redacted);
}

/** What JSON can say and its canonical form cannot has no form at all here. */
function canonical(value: unknown): string | undefined {
  try {
    return canonicalJson(value);
  } catch {
    return undefined;
  }
}

/** How an entry is called in a fault. Nothing in it can move the cursor of a terminal. */
export const entryLabel = ({ position, leaf }: EntryRecord): string =>
  `Entry ${JSON.stringify(leaf.id)} (position ${position})`;

/** @throws Fault unless the values are those that the leaf commits to, and the leaf is at its place in the tree */
export function checkEntry(line: EntryRecord, hashes: readonly string[], tree: Tree): void {
  const name = entryLabel(line);
  const leaf = canonicalJson(line.leaf);
  checkValues(line, leaf, name);
  const place = { position: line.position, hash: leafHash(leaf) };
  if (!Array.isArray(hashes) || !hashes.every((hash) => typeof hash === 'string' && HASH.test(hash)))
    throw new BundleError(`${name}: its proof is not a list of hashes`);
  const proof = hashes.map((hash) => Buffer.from(hash, 'base64'));
  if (!verifyInclusion(tree, place, proof))
    throw new BundleError(
      `${name} is not in the tree of ${tree.size} entries: the entry, its position or its proof was changed`,
    );
}

function checkValues(line: EntryRecord, canonicalLeaf: string, name: string): void {
  const { leaf, values, salt, openings } = line;
  if ((salt === null) === (openings === null))
    throw new BundleError(`${name} has neither a salt nor openings, or both`);
  const row = { ...leaf, ...values, salt: salt === null ? null : Buffer.from(salt, 'hex'), openings };
  const sealed = sealedOrFault(row as EntryRow, name);
  if (canonicalJson(sealed) === canonicalLeaf) return;
  const [expected, found] = [commitmentsIn(leaf), commitmentsIn(sealed)];
  const paths = new Set([...expected.keys(), ...found.keys()]);
  const path = [...paths].find((one) => expected.get(one) !== found.get(one)) ?? 'its leaf';
  throw new BundleError(`${name}: ${path} does not match its commitment: the value, the salt or the leaf was changed`);
}

function sealedOrFault(row: EntryRow, name: string): Leaf {
  try {
    return leafContent(row);
  } catch (error) {
    throw new BundleError(`${name}: ${(error as Error).message}`);
  }
}

/** By path; where the changes have another shape, whatever stands there. */
function commitmentsIn({ entity_name, changes, reason }: Leaf): Map<string, unknown> {
  const found = new Map<string, unknown>([['entity_name', entity_name]]);
  const walk = (path: string, value: unknown): void => {
    if (typeof value !== 'object' || value === null) return void found.set(path, value);
    Object.entries(value).forEach(([key, inner]) => walk(`${path}.${key}`, inner));
  };
  walk('changes', changes);
  return found.set('reason', reason);
}
