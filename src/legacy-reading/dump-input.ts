import { createHash } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { createReadStream, type Stats } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { userInfo } from 'node:os';
import { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import * as zlib from 'node:zlib';
import { SourceError } from './source-error.js';

const CHUNK_BYTES = 256 * 1024;
const MAX_LAYERS = 3;
/** What a decompressor may allocate; `xz -9` needs 65 MB. */
const DECOMPRESSOR_MEMORY = '256MiB';

type Chunks = AsyncIterable<Buffer>;

interface Format {
  readonly name: string;
  readonly magic: readonly number[];
  /** Streams of Node itself. */
  readonly stream?: () => NodeJS.ReadWriteStream;
  /** A program that reads stdin and writes stdout. */
  readonly program?: readonly [name: string, ...args: string[]];
}

/** Node has zstd since 22.15 and 23.8. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: () => NodeJS.ReadWriteStream };

const FORMATS: readonly Format[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], stream: () => zlib.createGunzip() },
  {
    name: 'xz',
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
    program: ['xz', '-dc', `--memlimit-decompress=${DECOMPRESSOR_MEMORY}`],
  },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68], program: ['bzip2', '-dc'] },
  {
    name: 'zstd',
    magic: [0x28, 0xb5, 0x2f, 0xfd],
    ...(createZstdDecompress ? { stream: createZstdDecompress } : { program: ['zstd', '-dcq', '--memory=256MB'] }),
  },
];

/** Archives and databases that people take for a dump. */
const OTHERS: readonly (readonly [magic: string, cause: string, remedy: string])[] = [
  ['PK\u0003\u0004', 'It is a zip archive', 'Unpack it first, and import the JSON file that is in it'],
  ['7z\u00bc\u00af', 'It is a 7z archive', 'Unpack it first, and import the JSON file that is in it'],
  ['SQLite format 3', 'It is an SQLite database', 'Dump it: python manage.py dumpdata users tasks notifications'],
  [
    'PGDMP',
    'It is a dump of pg_dump',
    'Restore it with pg_restore, and import from there: --from postgres postgres://…',
  ],
];

/** A dump as people have it: a file or a pipe, compressed or not, in UTF-8 or UTF-16; read once, from front to back. */
export class DumpInput {
  /** Bytes read so far, as they are on disk. */
  read = 0;
  private readonly hash = createHash('sha256');

  private constructor(
    /** As messages name it. */
    readonly name: string,
    private readonly source: Readable,
    /** In bytes; undefined for a pipe. */
    readonly size: number | undefined,
  ) {}

  /**
   * @param origin path of a file or a pipe; `-` for the standard input
   * @throws SourceError where there is none, or it may not be read
   */
  static async open(origin: string): Promise<DumpInput> {
    if (origin === '-') return DumpInput.standardInput();
    const path = resolve(origin);
    const file = await statOrThrow(path);
    if (file.isDirectory()) throw new SourceError(`${path} is a directory`, 'Name the file in it');
    await assertReadable(path);
    const size = file.isFile() ? file.size : undefined;
    return new DumpInput(path, createReadStream(path, { highWaterMark: CHUNK_BYTES }), size);
  }

  private static standardInput(): DumpInput {
    if (process.stdin.isTTY) {
      throw new SourceError(
        '"-" reads the standard input, and that is the terminal',
        'Pipe the dump into it: zcat dump.json.gz | npm run -s import:legacy -- --from django-json -',
      );
    }
    return new DumpInput('The standard input', process.stdin, undefined);
  }

  /** Whether it can be read a second time. */
  get isFile(): boolean {
    return this.size !== undefined;
  }

  sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** The text as UTF-8, without a byte order mark. It may still hold bytes that are not UTF-8. */
  async *text(): AsyncGenerator<Buffer> {
    yield* inUtf8(decompressed(this.raw()));
  }

  close(): void {
    if (this.source !== process.stdin) this.source.destroy();
  }

  private async *raw(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of this.source as AsyncIterable<Buffer>) {
        this.hash.update(chunk);
        this.read += chunk.length;
        yield chunk;
      }
    } catch (error) {
      throw new SourceError(
        `It cannot be read: ${(error as Error).message}`,
        'Look at the disk or the pipe it comes from',
      );
    }
  }
}

async function statOrThrow(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new SourceError(
        `There is no file ${path}`,
        'Give its path from where the command runs, or an absolute one',
      );
    }
    if (code === 'EACCES') throw notPermitted(path);
    throw new SourceError(`${path.slice(0, 200)} cannot be read: ${message.slice(0, 200)}`, 'Give the path of a file');
  }
}

async function assertReadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch {
    throw notPermitted(path);
  }
}

const notPermitted = (path: string): SourceError =>
  new SourceError(
    `${path} may not be read by the user ${userInfo().username}`,
    'Change its permissions, or pipe it in: sudo cat FILE | npm run -s import:legacy -- --from django-json -',
  );

/** Removes compression, also where one is around another. */
async function* decompressed(chunks: Chunks, layer = 0): AsyncGenerator<Buffer> {
  const [start, whole] = await peek(chunks, 16);
  const format = FORMATS.find(({ magic }) => magic.every((byte, place) => start[place] === byte));
  if (!format) {
    refuseOthers(start);
    yield* whole;
    return;
  }
  if (layer === MAX_LAYERS) {
    throw new SourceError(`It is compressed more than ${MAX_LAYERS} times over`, 'Decompress it once, and import that');
  }
  yield* decompressed(format.stream ? throughStream(format, whole) : throughProgram(format, whole), layer + 1);
}

async function* throughStream({ name, stream }: Format, chunks: Chunks): AsyncGenerator<Buffer> {
  const input = Readable.from(chunks, { objectMode: true, highWaterMark: 2 });
  const output = (stream as () => NodeJS.ReadWriteStream)();
  let failure: unknown;
  input.once('error', (error) => {
    failure = error;
    (output as unknown as Readable).destroy(error);
  });
  input.pipe(output);
  try {
    yield* output as unknown as AsyncIterable<Buffer>;
  } catch (error) {
    throw failure ?? damaged(name, (error as Error).message);
  } finally {
    input.destroy();
  }
}

async function* throughProgram({ name, program = ['cat'] }: Format, chunks: Chunks): AsyncGenerator<Buffer> {
  const [command, ...args] = program;
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = endOf(child);
  const fed = feed(child, chunks);
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

/** Writes with regard to back pressure. A program that ends early is judged by its exit code, not by a broken pipe. */
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

function refuseOthers(start: Buffer): void {
  const text = start.toString('latin1');
  const found = OTHERS.find(([magic]) => text.startsWith(magic));
  if (found) throw new SourceError(found[1], found[2]);
}

/** UTF-16 is told by its byte order mark, or by the zero byte beside the first bracket. */
async function* inUtf8(chunks: Chunks): AsyncGenerator<Buffer> {
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

/** The first bytes, and all of them again. */
async function peek(chunks: Chunks, bytes: number): Promise<[Buffer, Chunks]> {
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
