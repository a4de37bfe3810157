/** Splits items into parts of a size; the last one may be smaller. */
export function partsOf<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** Splits items into parts whose lengths are powers of two: statements of every length would use up the names of prepared ones. */
export function partsOfPowersOfTwo<T>(items: readonly T[], maxSize: number): T[][] {
  const largest = Math.max(1, Math.floor(maxSize));
  const parts: T[][] = [];
  for (let start = 0; start < items.length; start += parts.at(-1)?.length ?? 0) {
    const left = Math.min(items.length - start, largest);
    parts.push(items.slice(start, start + 2 ** Math.floor(Math.log2(left))));
  }
  return parts;
}
