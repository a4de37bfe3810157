import { TextDecoder } from 'node:util';
import { peek, type Chunks } from './chunks.js';
import { SourceError } from './source-error.js';

/** Transcodes UTF-16 to UTF-8: recognized by its byte order mark, or by the zero byte beside the first bracket. */
export async function* inUtf8(chunks: Chunks): AsyncGenerator<Buffer> {
  const [start, whole] = await peek(chunks, 4);
  const [first, second, third, fourth] = start;
  if ((first === 0 && second === 0) || (first === 0xff && second === 0xfe && third === 0 && fourth === 0)) {
    throw new SourceError('It is in UTF-32', 'Convert it: iconv -f UTF-32 -t UTF-8 dump.json > utf8.json');
  }
  const isLittle = (first === 0xff && second === 0xfe) || (start.length > 1 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (start.length > 1 && first === 0);
  if (isLittle || isBig) yield* transcoded(whole, isLittle ? 'utf-16le' : 'utf-16be');
  else if (first === 0xef && second === 0xbb && third === 0xbf) yield* without(whole, 3);
  else yield* whole;
}

async function* transcoded(chunks: Chunks, encoding: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Buffer) => {
    try {
      return Buffer.from(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch {
      throw new SourceError(
        `It is not valid ${encoding}: half a character stands in it`,
        'Copy it once more, or dump it again in UTF-8: python -X utf8 manage.py dumpdata … --output dump.json',
      );
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

async function* without(chunks: Chunks, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    const cut = Math.min(left, chunk.length);
    left -= cut;
    if (cut < chunk.length) yield chunk.subarray(cut);
  }
}
