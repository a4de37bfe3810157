import { sha256 } from './sha256.js';

/** A complete subtree: its 2^level leaves begin at index · 2^level. A leaf has level 0. */
export interface TreeNode {
  readonly level: number;
  readonly index: number;
}

/** The leaves `[begin, end)`. Each hash of a proof is the root of an interval. */
export type LeafInterval = readonly [begin: number, end: number];

export interface Tree {
  readonly size: number;
  readonly root: Buffer;
}

/** Root of a tree without leaves. */
export const EMPTY_ROOT = sha256('');

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** Hashes a leaf (RFC 6962 §2.1): the first byte separates leaves from nodes. */
export const leafHash = (data: string | Uint8Array): Buffer => sha256(LEAF, data);

export const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(NODE, left, right);

/** Keeps the right edge of a growing tree, which suffices to append leaves and to compute the root. */
export class CompactRange {
  private readonly edge: Buffer[];

  /**
   * @param size number of leaves so far
   * @param edge the hashes of `subtreesOf([0, size])`
   */
  constructor(
    public size = 0,
    edge: readonly Buffer[] = [],
  ) {
    this.edge = [...edge];
  }

  /** @param completed receives each subtree above the leaves that this leaf completes */
  append(leaf: Buffer, completed?: (node: TreeNode, hash: Buffer) => void): void {
    let [node, level, index] = [leaf, 0, this.size];
    for (; isOdd(index); index = half(index)) {
      node = nodeHash(this.edge.pop() as Buffer, node);
      completed?.({ level: ++level, index: half(index) }, node);
    }
    this.edge.push(node);
    this.size++;
  }

  get root(): Buffer {
    return rootOf(this.edge);
  }
}

/** Splits an interval into complete subtrees, from left to right. */
export function subtreesOf([begin, end]: LeafInterval): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let from = begin; from < end;) {
    let [level, width] = [0, 1];
    for (; from % (2 * width) === 0 && from + 2 * width <= end; width *= 2) level++;
    nodes.push({ level, index: from / width });
    from += width;
  }
  return nodes;
}

/** Computes the root of an interval from the hashes of its `subtreesOf`. */
export function rootOf(subtrees: readonly Buffer[]): Buffer {
  return subtrees.length === 0 ? EMPTY_ROOT : subtrees.reduceRight((right, left) => nodeHash(left, right));
}

/** Returns the intervals whose roots prove that the leaf at `position` is in a tree of `size` leaves (RFC 9162 §2.1.3.1). */
export function inclusionProof(position: number, size: number): LeafInterval[] {
  const proof: LeafInterval[] = [];
  for (let [begin, end] = [0, size]; end - begin > 1;) {
    const middle = begin + powerBelow(end - begin);
    if (position < middle) {
      proof.unshift([middle, end]);
      end = middle;
    } else {
      proof.unshift([begin, middle]);
      begin = middle;
    }
  }
  return proof;
}

/** Returns the intervals whose roots prove that a tree of `size` leaves extends one of `old` leaves (RFC 9162 §2.1.4.1). */
export function consistencyProof(old: number, size: number): LeafInterval[] {
  if (old === 0) return [];
  const proof: LeafInterval[] = [];
  let [begin, end] = [0, size];
  while (end !== old) {
    const middle = begin + powerBelow(end - begin);
    if (old <= middle) {
      proof.unshift([middle, end]);
      end = middle;
    } else {
      proof.unshift([begin, middle]);
      begin = middle;
    }
  }
  // An interval from the left edge on is the old tree itself, whose root the verifier has.
  return begin === 0 ? proof : [[begin, end], ...proof];
}

/** Verifies an inclusion proof (RFC 9162 §2.1.3.2). */
export function verifyInclusion(
  tree: Tree,
  leaf: { readonly position: number; readonly hash: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (leaf.position >= tree.size) return false;
  let { hash: root } = leaf;
  let [node, last] = [leaf.position, tree.size - 1];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      root = nodeHash(sibling, root);
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      root = nodeHash(root, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && root.equals(tree.root);
}

/** Verifies a consistency proof (RFC 9162 §2.1.4.2); every tree extends the empty one. */
export function verifyConsistency(old: Tree, tree: Tree, proof: readonly Buffer[]): boolean {
  if (old.size > tree.size) return false;
  if (old.size === tree.size || old.size === 0) {
    const expected = old.size === 0 ? EMPTY_ROOT : tree.root;
    return proof.length === 0 && old.root.equals(expected);
  }
  const [first, ...rest] = powerBelow(old.size + 1) === old.size ? [old.root, ...proof] : proof;
  if (!first) return false;
  let [node, last] = [old.size - 1, tree.size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [oldRoot, root] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      [oldRoot, root] = [nodeHash(sibling, oldRoot), nodeHash(sibling, root)];
      while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      root = nodeHash(root, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && oldRoot.equals(old.root) && root.equals(tree.root);
}

// Sizes exceed the 32 bits of JavaScript's bit operators.
const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;

/** Returns the largest power of two below `n`. */
function powerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}
