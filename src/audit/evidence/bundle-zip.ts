import { createHash } from 'node:crypto';
import { Readable, type PassThrough } from 'node:stream';
import { finished } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/** Hashes in proofs do not shrink, and the rest shrinks well even in haste. */
const OPTIONS = { compressionLevel: 3 };

/** A zip whose files are made one after the other, each when the one before it was sent. */
export class BundleZip {
  /** SHA-256 in hex of each file that was written so far. */
  readonly hashes: Record<string, string> = {};
  private readonly zip = new ZipFile();
  private current: Readable | undefined;

  constructor() {
    this.zip.on('error', (error: Error) => this.stream.destroy(error));
    // A reader that leaves takes the file with it that was being made, and what that one holds open.
    this.stream.once('close', () => this.current?.destroy());
  }

  get stream(): PassThrough {
    return this.zip.outputStream as PassThrough;
  }

  /** @param content is called when it is the turn of this file */
  add(name: string, content: () => AsyncIterable<string>): void {
    this.zip.addReadStreamLazy(name, OPTIONS, (take) => {
      this.current = Readable.from(this.hashed(name, content()), { objectMode: false, highWaterMark: 65_536 });
      if (this.stream.destroyed) this.current.destroy();
      take(null, this.current);
    });
  }

  /** Waits until everything was read. @throws where the reader left, or a file could not be made */
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
