/** A stream of bytes, read once. */
export type Chunks = AsyncIterable<Buffer>;

/** Reads the first bytes. @returns them, and a stream of all bytes */
export async function peek(chunks: Chunks, bytes: number): Promise<[Buffer, Chunks]> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  for (let have = 0; have < bytes;) {
    const { value, done } = await iterator.next();
    if (done) break;
    first.push(value);
    have += value.length;
  }
  return [Buffer.concat(first).subarray(0, bytes), again(first, iterator)];
}

async function* again(first: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
