import fc from 'fast-check';
import {
  CompactRange,
  consistencyProof,
  EMPTY_ROOT,
  verifyConsistency,
  leafHash,
  nodeHash,
  verifyInclusion,
  inclusionProof,
  rootOf,
  subtreesOf,
  type LeafInterval,
  type TreeNode,
} from './merkle.js';
import { sha256 } from './sha256.js';

/** The hashes of a proof, from those of complete subtrees. */
const hashesOf = (proof: readonly LeafInterval[], hashAt: (node: TreeNode) => Buffer): Buffer[] =>
  proof.map((span) => rootOf(subtreesOf(span).map(hashAt)));

/** The eight leaves, their roots and some proofs that implementations of Certificate Transparency are tested with. */
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const [B, C, D] = [
  '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
  'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
];
const RIGHT = '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4';
const SECOND = '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7';
const SEVENTH = '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a';

const published = LEAVES.map((hex) => leafHash(Buffer.from(hex, 'hex')));
const random = fc
  .array(fc.uint8Array({ maxLength: 8 }), { maxLength: 70 })
  .map((leaves) => leaves.map((leaf) => leafHash(leaf)));

/** RFC 6962 §2.1, word by word. */
function naive(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return leaves[0] as Buffer;
  const middle = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1);
  return nodeHash(naive(leaves.slice(0, middle)), naive(leaves.slice(middle)));
}

const hashIn =
  (leaves: readonly Buffer[]) =>
  ({ level, index }: TreeNode) =>
    naive(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
const hex = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'));

describe('a Merkle tree', () => {
  it('has the published roots', () => {
    const range = new CompactRange();
    const roots = published.map((leaf) => (range.append(leaf), range.root));
    expect(hex([EMPTY_ROOT, ...roots])).toEqual(ROOTS);
    expect(hex(ROOTS.map((_, n) => naive(published.slice(0, n))))).toEqual(ROOTS);
  });

  it.each([
    [0, 8, [SECOND, B, RIGHT]],
    [5, 8, [C, D, ROOTS[4]]],
    [2, 3, [ROOTS[2]]],
    [1, 5, [ROOTS[1], B, C]],
  ])('proves the leaf at %d of %d as published', (position, size, proof) => {
    expect(hex(hashesOf(inclusionProof(position, size), hashIn(published)))).toEqual(proof);
  });

  it.each([
    [1, 8, [SECOND, B, RIGHT]],
    [6, 8, [SEVENTH, D, ROOTS[4]]],
    [2, 5, [B, C]],
    [1, 1, []],
  ])('proves that %d leaves became %d as published', (old, size, proof) => {
    expect(hex(hashesOf(consistencyProof(old, size), hashIn(published)))).toEqual(proof);
  });

  it('has the root of the definition, however it is come by', () => {
    fc.assert(
      fc.property(random, fc.nat(), (leaves, n) => {
        const size = n % (leaves.length + 1);
        const begun = subtreesOf([0, size]).map(hashIn(leaves));
        const range = new CompactRange(size, begun);
        const completed = new Map<string, Buffer>();
        leaves
          .slice(size)
          .forEach((leaf) => range.append(leaf, ({ level, index }, hash) => completed.set(`${level} ${index}`, hash)));
        expect(range.root).toEqual(naive(leaves));
        expect(rootOf(subtreesOf([0, leaves.length]).map(hashIn(leaves)))).toEqual(naive(leaves));
        for (const [node, hash] of completed) {
          const [level = 0, index = 0] = node.split(' ').map(Number);
          expect(hash).toEqual(hashIn(leaves)({ level, index }));
        }
      }),
    );
  });

  it('proves each of its leaves, and no other at that place', () => {
    fc.assert(
      fc.property(random, (leaves) => {
        const tree = { size: leaves.length, root: naive(leaves) };
        leaves.forEach((hash, position) => {
          const proof = hashesOf(inclusionProof(position, tree.size), hashIn(leaves));
          expect(verifyInclusion(tree, { position, hash }, proof)).toBe(true);
          expect(verifyInclusion(tree, { position, hash: sha256(hash) }, proof)).toBe(false);
          expect(verifyInclusion(tree, { position: tree.size, hash }, proof)).toBe(false);
          expect(verifyInclusion(tree, { position, hash }, [...proof, hash])).toBe(false);
          expect(verifyInclusion({ ...tree, root: sha256('') }, { position, hash }, proof)).toBe(false);
          proof.forEach((_, i) => expect(verifyInclusion(tree, { position, hash }, proof.toSpliced(i, 1))).toBe(false));
        });
      }),
      { numRuns: 30 },
    );
  });

  it('proves that it began as each smaller one, and as no other', () => {
    fc.assert(
      fc.property(random, (leaves) => {
        const tree = { size: leaves.length, root: naive(leaves) };
        for (let size = 0; size <= leaves.length; size++) {
          const old = { size, root: naive(leaves.slice(0, size)) };
          const proof = hashesOf(consistencyProof(size, tree.size), hashIn(leaves));
          expect(verifyConsistency(old, tree, proof)).toBe(true);
          expect(verifyConsistency({ size, root: sha256(old.root) }, tree, proof)).toBe(false);
          expect(verifyConsistency(old, tree, [...proof, old.root])).toBe(false);
          proof.forEach((_, i) => expect(verifyConsistency(old, tree, proof.toSpliced(i, 1))).toBe(false));
          if (size < tree.size) expect(verifyConsistency(tree, old, proof)).toBe(false);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('counts beyond 32 bits', () => {
    const [position, size] = [2 ** 40 + 5, 2 ** 41 + 3];
    expect(inclusionProof(position, size)).toHaveLength(42);
    expect(subtreesOf([0, size])).toEqual([
      { level: 41, index: 0 },
      { level: 1, index: 2 ** 40 },
      { level: 0, index: 2 ** 41 + 2 },
    ]);
  });
});
