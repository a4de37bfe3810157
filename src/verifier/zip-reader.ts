import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { type Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { type BundleFiles } from './bundle-files.js';
import { Fault } from './bundle.js';

/** APPNOTE.TXT 6.3.10: the signatures of the records that are read here. */
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END_64_BYTES = 56;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 0xffff;
/** What stands in a field of 32 bits whose value is in the extra field. */
const ELSEWHERE = 0xffffffff;
const ZIP64_EXTRA = 0x0001;
const STORED = 0;
const DEFLATED = 8;

interface Member {
  readonly name: string;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
}

interface Directory {
  readonly offset: number;
  readonly size: number;
}

/** Reads stored and deflated members of a zip, large ones too (Zip64). Nothing is unpacked to disk. */
export async function openZip(path: string): Promise<BundleFiles> {
  const file = await open(path);
  try {
    const members = await membersOf(file, (await file.stat()).size);
    const read = (name: string): AsyncIterable<Buffer> => {
      const member = members.get(name);
      if (!member) throw new Fault(`${name} is missing`);
      return contentOf(path, file, member);
    };
    return { names: [...members.keys()], read, close: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function membersOf(file: FileHandle, fileSize: number): Promise<Map<string, Member>> {
  const { offset, size } = await directoryOf(file, fileSize);
  if (offset + size > fileSize) throw new Fault('The zip is broken: its directory is not in it');
  const directory = await bytesAt(file, offset, size);
  const members = new Map<string, Member>();
  for (let at = 0; at < size;) {
    if (at + 46 > size || directory.readUInt32LE(at) !== CENTRAL) throw new Fault('The directory of the zip is broken');
    const [nameBytes, extraBytes] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30)];
    const end = at + 46 + nameBytes + extraBytes + directory.readUInt16LE(at + 32);
    const member = memberAt(directory.subarray(at, end), nameBytes, extraBytes);
    // Which of the two would be believed?
    if (members.has(member.name)) throw new Fault(`The zip has ${JSON.stringify(member.name)} twice`);
    members.set(member.name, member);
    at = end;
  }
  return members;
}

async function directoryOf(file: FileHandle, fileSize: number): Promise<Directory> {
  const tailSize = Math.min(fileSize, END_BYTES + MAX_COMMENT + LOCATOR_BYTES);
  const tail = await bytesAt(file, fileSize - tailSize, tailSize);
  const end = lastIndexOf(tail, END);
  if (end < 0) throw new Fault('It is not a zip, or its end is missing');
  const [size, offset] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  const locator = end - LOCATOR_BYTES;
  if (locator < 0 || tail.readUInt32LE(locator) !== END_64_LOCATOR) return { size, offset };
  const record = await bytesAt(file, Number(tail.readBigUInt64LE(locator + 8)), END_64_BYTES);
  if (record.length < END_64_BYTES || record.readUInt32LE(0) !== END_64)
    throw new Fault('The end of the zip is broken');
  return { size: Number(record.readBigUInt64LE(40)), offset: Number(record.readBigUInt64LE(48)) };
}

function lastIndexOf(bytes: Buffer, signature: number): number {
  for (let at = bytes.length - END_BYTES; at >= 0; at--) if (bytes.readUInt32LE(at) === signature) return at;
  return -1;
}

function memberAt(record: Buffer, nameBytes: number, extraBytes: number): Member {
  const name = record.toString('utf8', 46, 46 + nameBytes);
  const large = zip64(record.subarray(46 + nameBytes, 46 + nameBytes + extraBytes));
  // In this order they stand in the extra field, each only where its place here is taken by the mark.
  const [size, packedSize, offset] = [24, 20, 42].map((at) => {
    const value = record.readUInt32LE(at);
    return value === ELSEWHERE ? large() : value;
  }) as [number, number, number];
  return { name, method: record.readUInt16LE(10), size, packedSize, offset };
}

/** The numbers of 64 bits in an extra field, one after the other. */
function zip64(extra: Buffer): () => number {
  let numbers: Buffer = Buffer.alloc(0);
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === ZIP64_EXTRA) numbers = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  return () => {
    if (numbers.length < 8) throw new Fault('The directory of the zip is broken');
    const number = Number(numbers.readBigUInt64LE(0));
    numbers = numbers.subarray(8);
    return number;
  };
}

async function* contentOf(path: string, file: FileHandle, { name, method, offset, packedSize, size }: Member) {
  const header = await bytesAt(file, offset, LOCAL_BYTES);
  if (header.length < LOCAL_BYTES || (method !== STORED && method !== DEFLATED))
    throw new Fault(`${name} is unreadable`);
  const start = offset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (packedSize === 0) return;
  const packed = createReadStream(path, { start, end: start + packedSize - 1 });
  let bytes = 0;
  try {
    for await (const chunk of method === STORED ? packed : inflated(packed)) {
      bytes += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  } catch (error) {
    throw error instanceof Fault ? error : new Fault(`${name} cannot be unpacked: ${(error as Error).message}`);
  } finally {
    packed.destroy();
  }
  if (bytes !== size) throw new Fault(`${name} cannot be unpacked: it has ${bytes} bytes in place of ${size}`);
}

function inflated(packed: Readable): Readable {
  const inflate = createInflateRaw();
  packed.once('error', (error) => inflate.destroy(error));
  return packed.pipe(inflate);
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(position)) throw new Fault('The zip is broken: it points outside of itself');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
