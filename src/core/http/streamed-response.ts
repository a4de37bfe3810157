import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import { READ_AHEAD, slices } from './slices.js';

/**
 * Response body that is JSON already and is sent unchanged. `T` is its shape. Keeping a long one as bytes costs a
 * seventh of encoding its text.
 */
export class PreserializedJson<T> {
  /** Carries the shape for the compiler only. */
  declare readonly shape: T;
  constructor(
    readonly text: string | Buffer,
    readonly mediaType = 'application/json',
  ) {}
}

/** Text before and after a list that is a member of an object. */
export type JsonEnvelope = readonly [before: string, after: string];

/**
 * Streams a JSON array in constant memory, from batches of rows that hold their JSON as text. A single batch is sent
 * as one body.
 */
export async function streamJsonArray<T>(
  batches: AsyncGenerator<{ json: string }[]>,
  envelope: JsonEnvelope,
): Promise<PreserializedJson<T> | StreamableFile> {
  const first = await batches.next();
  if (first.done) return new PreserializedJson(envelope.join('[]'));
  const second = await batches.next();
  if (second.done) return new PreserializedJson(envelope.join(`[${joined(first.value)}]`));
  const all = prepend([first.value, second.value], batches);
  return streamText(all, 'application/json; charset=utf-8', (source) => jsonArray(source, envelope));
}

/** Streams rows as NDJSON in constant memory. */
export function streamNdjson(batches: AsyncGenerator<object[]>): Promise<StreamableFile> {
  return streamText(batches, 'application/x-ndjson; charset=utf-8', async function* (source) {
    for await (const rows of source) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  });
}

/**
 * Streams text in constant memory. The first batch is read before the response starts, so that an immediate failure
 * is a problem response.
 */
export async function streamText<R>(
  batches: AsyncGenerator<R[]>,
  type: string,
  write: (batches: AsyncIterable<R[]>) => AsyncGenerator<string>,
): Promise<StreamableFile> {
  const { done, value } = await batches.next();
  const texts = Readable.from(sliced(write(prepend(done ? [] : [value], batches))), {
    objectMode: false,
    highWaterMark: READ_AHEAD,
  });
  // A client may disconnect before the first byte, and HEAD reads none: the generator of the texts has not started
  // then, and would never end the batches.
  texts.once('close', () => void batches.return(undefined).catch(() => undefined));
  return new StreamableFile(texts, { type });
}

async function* sliced(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const text of texts) yield* slices(Buffer.from(text));
}

/** Yields the batches already read, which it empties so that they are not kept, then the rest. Ending it early ends the rest too. */
async function* prepend<R>(read: R[][], rest: AsyncGenerator<R[]>): AsyncGenerator<R[]> {
  try {
    for (let batch = read.shift(); batch; batch = read.shift()) yield batch;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* jsonArray(
  batches: AsyncIterable<{ json: string }[]>,
  [before, after]: JsonEnvelope,
): AsyncGenerator<string> {
  let separator = `${before}[`;
  for await (const rows of batches) {
    yield separator + joined(rows);
    separator = ',';
  }
  yield `${separator === ',' ? '' : separator}]${after}`;
}

const joined = (rows: readonly { json: string }[]): string => rows.map(({ json }) => json).join(',');
