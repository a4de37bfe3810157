/** Bytes of a slice. */
export const SLICE = 64 * 1024;

/** Bytes of a streamed response that wait for its reader: about one batch, so that the next one is read in the meantime. */
export const READ_AHEAD = 8 * SLICE;

/** Cuts a response into slices, so that the progress of its reader shows. */
export function* slices(bytes: Buffer): Generator<Buffer> {
  for (let i = 0; i < bytes.length; i += SLICE) yield bytes.subarray(i, i + SLICE);
}
