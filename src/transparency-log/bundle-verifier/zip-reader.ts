import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInflateRaw } from 'node:zlib';
import { BundleError, type BundleFiles } from './bundle.js';
import { membersOf, STORED, type ZipMember } from './zip-directory.js';

/** Opens a zip and streams its members, stored or deflated, large ones too (Zip64), without unpacking to disk. */
export async function openZip(path: string): Promise<BundleFiles> {
  const file = await open(path);
  try {
    const members = await membersOf(file, (await file.stat()).size);
    const read = (name: string): AsyncIterable<Buffer> => {
      const member = members.get(name);
      if (!member) throw new BundleError(`${name} is missing`);
      return contentOf(path, member);
    };
    return { names: [...members.keys()], read, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function* contentOf(path: string, { name, method, start, packedSize, size }: ZipMember) {
  const packed = packedSize > 0 ? createReadStream(path, { start, end: start + packedSize - 1 }) : undefined;
  const inflate = createInflateRaw();
  if (method !== STORED) packed?.once('error', (error) => inflate.destroy(error));
  let bytes = 0;
  try {
    const content = method === STORED ? (packed ?? []) : packed ? packed.pipe(inflate) : inflate.end();
    for await (const chunk of content) {
      bytes += (chunk as Buffer).length;
      if (bytes > size) throw new BundleError(`${name} cannot be unpacked: it has more than ${size} bytes`);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw error instanceof BundleError
      ? error
      : new BundleError(`${name} cannot be unpacked: ${(error as Error).message}`);
  } finally {
    packed?.destroy();
    inflate.destroy();
  }
  if (bytes !== size) throw new BundleError(`${name} cannot be unpacked: it has ${bytes} bytes in place of ${size}`);
  // Other readers could show bytes that lie after the end of the deflated data.
  if (method !== STORED && inflate.bytesWritten !== packedSize)
    throw new BundleError(`${name} cannot be unpacked: something lies after its end`);
}
