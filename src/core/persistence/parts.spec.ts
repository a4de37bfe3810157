import { partsOf, partsOfPowersOfTwo } from './parts.js';

const items = (count: number) => Array.from({ length: count }, (_, index) => index);
const lengths = (parts: readonly (readonly number[])[]) => parts.map(({ length }) => length);

describe('parts of a list', () => {
  it.each([
    [0, []],
    [4, [4]],
    [11, [4, 4, 3]],
  ])('have the size, but the last one, of %i items', (count, expected) => {
    const parts = partsOf(items(count), 4);
    expect(lengths(parts)).toEqual(expected);
    expect(parts.flat()).toEqual(items(count));
  });

  it.each([
    [0, 6, []],
    [11, 6, [4, 4, 2, 1]],
    [3, 0.5, [1, 1, 1]],
  ])('are powers of two, of %i items and at most %d', (count, maxSize, expected) => {
    const parts = partsOfPowersOfTwo(items(count), maxSize);
    expect(lengths(parts)).toEqual(expected);
    expect(parts.flat()).toEqual(items(count));
  });
});
