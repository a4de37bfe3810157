import { type QueryFn } from '../../core/persistence/prepared-statements.js';
import { nodeHashes } from '../../transparency-log/storage/stored-tree.js';
import {
  consistencyProof,
  inclusionProof,
  rootOf,
  subtreesOf,
  type Span,
  type TreeNode,
} from '../../transparency-log/format/merkle.js';

const nameOf = ([begin, end]: Span): string => `${begin} ${end}`;
const placeOf = ({ level, index }: TreeNode): string => `${level} ${index}`;

/** Proofs that the leaves at some positions are in a tree, in base64, for one question to the database. */
export function inclusionProofs(query: QueryFn, positions: readonly number[], size: number): Promise<string[][]> {
  return proofs(
    query,
    positions.map((position) => inclusionProof(position, size)),
  );
}

/** Proofs that a tree began as each of some smaller ones. */
export function consistencyProofs(query: QueryFn, sizes: readonly number[], size: number): Promise<string[][]> {
  return proofs(
    query,
    sizes.map((old) => consistencyProof(old, size)),
  );
}

/** What several proofs have in common is read and hashed once. */
async function proofs(query: QueryFn, wanted: readonly Span[][]): Promise<string[][]> {
  const spans = new Map(wanted.flat().map((span) => [nameOf(span), subtreesOf(span)]));
  const nodes = [...new Map([...spans.values()].flat().map((node) => [placeOf(node), node])).values()];
  const hashes = await nodeHashes(query, nodes);
  const found = new Map(nodes.map((node, i) => [placeOf(node), hashes[i] as Buffer]));
  const roots = new Map<string, string>();
  for (const [name, parts] of spans) {
    roots.set(name, rootOf(parts.map((node) => found.get(placeOf(node)) as Buffer)).toString('base64'));
  }
  return wanted.map((proof) => proof.map((span) => roots.get(nameOf(span)) as string));
}
