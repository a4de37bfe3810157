import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { userInfo } from 'node:os';
import { type Readable } from 'node:stream';
import { decompressed } from './decompression.js';
import { SourceError } from './source-error.js';
import { inUtf8 } from './text-encoding.js';

const CHUNK_BYTES = 256 * 1024;
/** Opens a dump: a file or a pipe, compressed or not, in UTF-8 or UTF-16; read once, sequentially. */
export class DumpInput {
  /** Bytes read so far, before decompression. */
  read = 0;
  private readonly hash = createHash('sha256');

  private constructor(
    /** Name in messages. */
    readonly name: string,
    private readonly source: Readable,
    /** In bytes; undefined for a pipe. */
    readonly size: number | undefined,
  ) {}

  /**
   * @param origin path of a file or a pipe; `-` for the standard input
   * @throws SourceError where it does not exist or cannot be read
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

  /** Set for a file, which can be read a second time. */
  get isFile(): boolean {
    return this.size !== undefined;
  }

  sha256(): string {
    return this.hash.copy().digest('hex');
  }

  /** Streams the text as UTF-8 without a byte order mark. It may still contain invalid bytes. */
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
