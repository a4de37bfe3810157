import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/**
 * An answer whose JSON is made already, passed on as it is. `T` is its shape. A long one that is kept as bytes costs
 * a seventh of what encoding its text does.
 */
export class PreserializedJson<T> {
  /** Only tells the compiler the shape. */
  declare readonly shape: T;
  constructor(readonly text: string | Buffer) {}
}

/** What stands before and behind a list, where it is a member of an object. */
export type JsonEnvelope = readonly [before: string, behind: string];

/**
 * A JSON array of any length in constant memory, from batches of rows that hold their JSON as text. One batch is sent as
 * it is, more are streamed.
 */
export async function streamJsonArray<T>(
  batches: AsyncGenerator<{ json: string }[]>,
  frame: JsonEnvelope,
): Promise<PreserializedJson<T> | StreamableFile> {
  const first = await batches.next();
  if (first.done) return new PreserializedJson(frame.join('[]'));
  const second = await batches.next();
  if (second.done) return new PreserializedJson(frame.join(`[${joined(first.value)}]`));
  const all = again([first.value, second.value], batches);
  return streamText(all, 'application/json; charset=utf-8', (source) => jsonArray(source, frame));
}

/** Rows of any number, one JSON object a line, in constant memory. */
export function streamNdjson(batches: AsyncGenerator<object[]>): Promise<StreamableFile> {
  return streamText(batches, 'application/x-ndjson; charset=utf-8', async function* (source) {
    for await (const rows of source) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  });
}

/** Text of any length in constant memory. The first batch is read before, so that what fails at once is a problem. */
export async function streamText<R>(
  batches: AsyncGenerator<R[]>,
  type: string,
  write: (batches: AsyncIterable<R[]>) => AsyncGenerator<string>,
): Promise<StreamableFile> {
  const { done, value } = await batches.next();
  const texts = Readable.from(write(again(done ? [] : [value], batches)), { objectMode: false, highWaterMark: 65_536 });
  // A client may hang up before the first byte, and HEAD reads none: what reads the batches has not begun then, and
  // would never end them.
  texts.once('close', () => void batches.return(undefined).catch(() => undefined));
  return new StreamableFile(texts, { type });
}

/** Batches that were read already, and the rest. However little of it is read, its end is the end of the rest. */
async function* again<R>(read: readonly R[][], rest: AsyncGenerator<R[]>): AsyncGenerator<R[]> {
  try {
    yield* read;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* jsonArray(
  batches: AsyncIterable<{ json: string }[]>,
  [before, behind]: JsonEnvelope,
): AsyncGenerator<string> {
  let separator = `${before}[`;
  for await (const rows of batches) {
    yield separator + joined(rows);
    separator = ',';
  }
  yield `${separator === ',' ? '' : separator}]${behind}`;
}

const joined = (rows: readonly { json: string }[]): string => rows.map(({ json }) => json).join(',');
