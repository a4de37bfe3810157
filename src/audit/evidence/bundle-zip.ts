import { createHash } from 'node:crypto';
import { Readable, type PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** A low level suffices: hashes in proofs do not compress, and the rest compresses well at any level. */
const ZIP_OPTIONS = { compressionLevel: 3 };

/** Streams a zip whose files are generated one after the other, each once the previous one was sent. */
export class BundleZip {
  /** SHA-256, in hex, of each file written so far. */
  readonly hashes: Record<string, string> = {};
  private readonly zip = new ZipFile();
  private current: Readable | undefined;

  constructor() {
    this.zip.on('error', (error: Error) => this.stream.destroy(error));
    // A client that disconnects ends the current file too, which then releases its cursor.
    this.stream.once('close', () => this.current?.destroy());
  }

  get stream(): PassThrough {
    return this.zip.outputStream as PassThrough;
  }

  /** Adds a file. @param content called once the previous file was sent */
  add(name: string, content: () => AsyncIterable<string>): void {
    this.zip.addReadStreamLazy(name, ZIP_OPTIONS, (take) => {
      this.current = Readable.from(this.hashed(name, content()), { objectMode: false, highWaterMark: 65_536 });
      if (this.stream.destroyed) this.current.destroy();
      take(null, this.current);
    });
  }

  /** Waits until the client has read the zip. @throws Error where it disconnected, or a file failed */
  async finish(): Promise<void> {
    this.zip.end();
    await finished(this.stream);
  }

  private async *hashed(name: string, content: AsyncIterable<string>): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    for await (const text of content) {
      const bytes = Buffer.from(text);
      hash.update(bytes);
      yield bytes;
    }
    this.hashes[name] = hash.digest('hex');
  }
}
