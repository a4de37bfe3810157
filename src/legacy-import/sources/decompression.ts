import { spawn, type ChildProcess } from 'node:child_process';
import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { peek, type Chunks } from './chunks.js';
import { assertNoForeignFormat, HEAD_BYTES } from './foreign-formats.js';
import { SourceError } from './source-error.js';

const MAX_LAYERS = 3;
/** Memory limit of a decompressor; `xz -9` needs 65 MB. */
const DECOMPRESSOR_MEMORY = '256MiB';

interface Format {
  readonly name: string;
  readonly magic: readonly number[];
  /** A program that reads stdin and writes stdout; undefined for what Node itself decompresses. */
  readonly program?: readonly [name: string, ...args: string[]];
}

// Node's own zstd loses data without an error: in 22.23, 24.11 and 25.9 all frames after the first, in 24.22 those after a damaged one.
const ZSTD = { name: 'zstd', program: ['zstd', '-dcq', '--memory=256MB'] } as const;

const FORMATS: readonly Format[] = [
  { name: 'gzip', magic: [0x1f, 0x8b] },
  {
    name: 'xz',
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
    program: ['xz', '-dc', `--memlimit-decompress=${DECOMPRESSOR_MEMORY}`],
  },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68], program: ['bzip2', '-dc'] },
  { ...ZSTD, magic: [0x28, 0xb5, 0x2f, 0xfd] },
  // A skippable frame, with which `pzstd` begins.
  { ...ZSTD, magic: [0x50, 0x2a, 0x4d, 0x18] },
];

/** Decompresses, also several layers. */
export async function* decompressed(chunks: Chunks, layer = 0): AsyncGenerator<Buffer> {
  const [start, whole] = await peek(chunks, HEAD_BYTES);
  const format = FORMATS.find(({ magic }) => magic.every((byte, place) => start[place] === byte));
  if (!format) {
    assertNoForeignFormat(start);
    yield* whole;
    return;
  }
  if (layer === MAX_LAYERS) {
    throw new SourceError(`It is compressed more than ${MAX_LAYERS} times over`, 'Decompress it once, and import that');
  }
  const { name, program } = format;
  const inner = program ? throughProgram(name, program, whole) : gunzipped(whole);
  try {
    yield* decompressed(inner, layer + 1);
  } finally {
    // Where what is within is refused, its program would wait for a reader for ever.
    await inner.return(undefined);
  }
}

async function* gunzipped(chunks: Chunks): AsyncGenerator<Buffer> {
  const size = { all: 0, withoutPadding: 0 };
  const input = Readable.from(measured(chunks, size), { objectMode: true, highWaterMark: 2 });
  const output = createGunzip();
  let failure: unknown;
  input.once('error', (error) => {
    failure = error;
    output.destroy(error);
  });
  input.pipe(output);
  try {
    yield* output as AsyncIterable<Buffer>;
    // It ends without an error at the first 0 after a member: padding, or a hole in the file.
    input.unpipe(output).resume();
    await finished(input);
    if (output.bytesWritten < size.withoutPadding) throw new Error('there is more after zeros');
  } catch (error) {
    throw failure ?? damaged('gzip', (error as Error).message);
  } finally {
    input.destroy();
  }
}

/** Yields the chunks, and counts their bytes: all, and those up to the last that is not 0. */
async function* measured(chunks: Chunks, size: { all: number; withoutPadding: number }): Chunks {
  for await (const chunk of chunks) {
    let end = chunk.length;
    while (end > 0 && chunk[end - 1] === 0) end--;
    if (end > 0) size.withoutPadding = size.all + end;
    size.all += chunk.length;
    yield chunk;
  }
}

async function* throughProgram(
  name: string,
  [command, ...args]: readonly [string, ...string[]],
  chunks: Chunks,
): AsyncGenerator<Buffer> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = endOf(child);
  const fed = feed(child, chunks);
  // Awaited below, when its failure may be long past.
  fed.catch(() => undefined);
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
    const { error, code, message } = await ended;
    if (error?.code === 'ENOENT') throw missingProgram(name, command);
    if (error) throw new SourceError(`${command} cannot be started: ${error.message}`, 'Decompress the file first');
    await fed;
    if (code !== 0) throw damaged(name, message);
  } finally {
    child.kill();
    await fed.catch(() => undefined);
  }
}

interface Ended {
  readonly error?: NodeJS.ErrnoException;
  readonly code: number | null;
  readonly message: string;
}

function endOf(child: ChildProcess): Promise<Ended> {
  let message = '';
  child.stderr?.on('data', (data: Buffer) => (message = `${message}${data.toString()}`.slice(0, 300)));
  return new Promise((done) => {
    child.once('error', (error) => done({ error, code: null, message }));
    child.once('close', (code) => done({ code, message: message.trim() }));
  });
}

/** Writes with back-pressure. Ignores a broken pipe, since the exit code shows why a program ended early. */
async function feed(child: ChildProcess, chunks: Chunks): Promise<void> {
  const { stdin } = child;
  if (!stdin) return;
  let broken = false;
  const closed = new Promise<void>((done) => {
    stdin.once('error', () => done());
    stdin.once('close', () => done());
  }).then(() => (broken = true));
  try {
    for await (const chunk of chunks) {
      if (broken) break;
      if (!stdin.write(chunk)) await Promise.race([new Promise((done) => stdin.once('drain', done)), closed]);
    }
  } finally {
    stdin.end();
  }
}

const damaged = (name: string, message: string): SourceError =>
  new SourceError(
    `It is compressed by ${name}, and damaged or cut off (${message})`,
    'Copy it once more, and compare the sizes of both files',
  );

function missingProgram(name: string, command: string): SourceError {
  const install = command === 'xz' ? 'xz-utils' : command;
  return new SourceError(
    `It is compressed by ${name}, and there is no program "${command}" here`,
    `Install it (Debian, Ubuntu: apt install ${install}), or pipe it in from where there is one: ${command} -dc FILE | …`,
  );
}
