import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { nodeHashes } from '../../transparency-log/storage/stored-tree.js';
import {
  consistencyProof,
  inclusionProof,
  rootOf,
  subtreesOf,
  type LeafInterval,
  type TreeNode,
} from '../../transparency-log/format/merkle.js';

const intervalKey = ([begin, end]: LeafInterval): string => `${begin} ${end}`;
const nodeKey = ({ level, index }: TreeNode): string => `${level} ${index}`;

/** Computes inclusion proofs, in base64, with one query for all. */
export function inclusionProofs(query: QueryFn, positions: readonly number[], size: number): Promise<string[][]> {
  return proofs(
    query,
    positions.map((position) => inclusionProof(position, size)),
  );
}

/** Computes proofs that a tree extends each of some smaller ones, in base64, with one query for all. */
export function consistencyProofs(query: QueryFn, sizes: readonly number[], size: number): Promise<string[][]> {
  return proofs(
    query,
    sizes.map((old) => consistencyProof(old, size)),
  );
}

/** Reads and hashes once what several proofs have in common. */
async function proofs(query: QueryFn, wanted: readonly LeafInterval[][]): Promise<string[][]> {
  const intervals = new Map(wanted.flat().map((interval) => [intervalKey(interval), subtreesOf(interval)]));
  const nodes = [...new Map([...intervals.values()].flat().map((node) => [nodeKey(node), node])).values()];
  const hashes = await nodeHashes(query, nodes);
  const found = new Map(nodes.map((node, i) => [nodeKey(node), hashes[i] as Buffer]));
  const roots = new Map<string, string>();
  for (const [name, parts] of intervals) {
    roots.set(name, rootOf(parts.map((node) => found.get(nodeKey(node)) as Buffer)).toString('base64'));
  }
  return wanted.map((proof) => proof.map((interval) => roots.get(intervalKey(interval)) as string));
}
