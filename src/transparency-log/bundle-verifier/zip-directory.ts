import { type FileHandle } from 'node:fs/promises';
import { BundleError } from './bundle.js';

/** Signatures of the records (APPNOTE.TXT 6.3.10). */
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const END_64_BYTES = 56;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
/** Marks a 32-bit field whose value stands in the extra field. */
const IN_EXTRA_FIELD = 0xffffffff;
const ZIP64_EXTRA = 0x0001;
const TIMESTAMP_EXTRA = 0x5455;
const STREAMED = 1 << 3;
const UTF8 = 1 << 11;
export const STORED = 0;
const DEFLATED = 8;
/** In bytes: ample for the ten files of a bundle, and too small to fill the memory. */
const MAX_DIRECTORY = 65_536;

export interface ZipMember {
  readonly name: string;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  /** Offset of the packed data. */
  readonly start: number;
}

interface CentralRecord {
  readonly name: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly size: number;
  readonly offset: number;
  /** Set where the sizes after the data have 64 bits. */
  readonly large: boolean;
}

const broken = (what: string): BundleError => new BundleError(`The zip is not in the one form of a bundle: ${what}`);

/**
 * Reads the directory of a zip and compares it with all other bytes, so that each reader of zips sees the same files: the
 * members follow each other from the first byte on, each local header agrees with the directory, and nothing lies between,
 * before or after them.
 *
 * @throws BundleError where a byte of the file belongs to no member and no record
 */
export async function membersOf(file: FileHandle, fileSize: number): Promise<Map<string, ZipMember>> {
  const { offset, size, count } = await directoryOf(file, fileSize);
  const records = recordsIn(await bytesAt(file, offset, size));
  if (records.length !== count) throw broken(`it counts ${count} files and lists ${records.length}`);
  const members = new Map<string, ZipMember>();
  let at = 0;
  for (const record of records) {
    const name = record.name.toString('utf8');
    // Readers of zips differ in which of the two they extract.
    if (members.has(name)) throw new BundleError(`The zip has ${JSON.stringify(name)} twice`);
    if (record.offset !== at) throw broken(`${JSON.stringify(name)} is not where the file before it ends`);
    const start = await assertLocalHeader(file, record, name);
    at = await assertDataDescriptor(file, record, start + record.packedSize, name);
    if (at > offset) throw broken(`${JSON.stringify(name)} reaches into the directory`);
    members.set(name, { ...record, name, start });
  }
  if (at !== offset) throw broken('something lies between the files and the directory');
  return members;
}

async function directoryOf(file: FileHandle, fileSize: number) {
  const end = await bytesAt(file, fileSize - END_BYTES, END_BYTES);
  if (end.length < END_BYTES || end.readUInt32LE(0) !== END || end.readUInt16LE(20) !== 0)
    throw new BundleError('It is not a zip, or its end is missing or followed by something');
  const small = { count: end.readUInt16LE(10), size: end.readUInt32LE(12), offset: end.readUInt32LE(16) };
  const endsAt = fileSize - END_BYTES;
  const found = (await largeDirectory(file, endsAt)) ?? { ...small, endsAt };
  const sameParts = [
    [small.count, found.count, 0xffff],
    [small.size, found.size, IN_EXTRA_FIELD],
    [small.offset, found.offset, IN_EXTRA_FIELD],
  ].every(([said, is, elsewhere]) => said === is || said === elsewhere);
  if (!sameParts || end.readUInt32LE(4) !== 0 || end.readUInt16LE(8) !== small.count)
    throw broken('its end contradicts itself');
  if (found.size > MAX_DIRECTORY) throw broken('its directory is too large');
  if (found.offset + found.size !== found.endsAt) throw broken('there are bytes after the directory');
  return found;
}

/** Reads the Zip64 records before the end; undefined where there are none. */
async function largeDirectory(file: FileHandle, endsAt: number) {
  const locatorAt = endsAt - LOCATOR_BYTES;
  const locator = await bytesAt(file, locatorAt, LOCATOR_BYTES);
  if (locator.length < LOCATOR_BYTES || locator.readUInt32LE(0) !== END_64_LOCATOR) return undefined;
  const recordAt = locatorAt - END_64_BYTES;
  const record = await bytesAt(file, recordAt, END_64_BYTES);
  const whole =
    record.length === END_64_BYTES &&
    record.readUInt32LE(0) === END_64 &&
    record.readBigUInt64LE(4) === BigInt(END_64_BYTES - 12) &&
    record.readBigUInt64LE(16) === 0n &&
    record.readBigUInt64LE(24) === record.readBigUInt64LE(32) &&
    locator.readBigUInt64LE(8) === BigInt(recordAt) &&
    locator.readUInt32LE(4) === 0 &&
    locator.readUInt32LE(16) === 1;
  if (!whole) throw broken('its end for large files contradicts itself');
  const [count, size, offset] = [32, 40, 48].map((at) => Number(record.readBigUInt64LE(at))) as [
    number,
    number,
    number,
  ];
  return { count, size, offset, endsAt: recordAt };
}

function recordsIn(directory: Buffer): CentralRecord[] {
  const records: CentralRecord[] = [];
  for (let at = 0; at < directory.length;) {
    if (at + CENTRAL_BYTES > directory.length || directory.readUInt32LE(at) !== CENTRAL)
      throw broken('its directory cannot be read');
    const [nameBytes, extraBytes] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30)];
    const end = at + CENTRAL_BYTES + nameBytes + extraBytes;
    if (end > directory.length) throw broken('its directory cannot be read');
    records.push(recordOf(directory.subarray(at, end), nameBytes));
    at = end;
  }
  return records;
}

function recordOf(record: Buffer, nameBytes: number): CentralRecord {
  const name = record.subarray(CENTRAL_BYTES, CENTRAL_BYTES + nameBytes);
  const [flags, method] = [record.readUInt16LE(8), record.readUInt16LE(10)];
  // No comment, one disk, not encrypted, and a name that all readers decode alike.
  if (record.readUInt16LE(32) !== 0 || record.readUInt16LE(34) !== 0 || (flags & ~(STREAMED | UTF8)) !== 0)
    throw broken('a file has a comment, or is encrypted, split or otherwise special');
  if (method !== STORED && method !== DEFLATED) throw broken('a file is packed in another way than deflated');
  if (!Buffer.from(name.toString('utf8'), 'utf8').equals(name)) throw broken('the name of a file is not UTF-8');
  const numbers = largeNumbers(record.subarray(CENTRAL_BYTES + nameBytes));
  // The extra field holds them in this order, each only where the field here holds the mark.
  const [size, packedSize, offset] = [24, 20, 42].map((at) => {
    const value = record.readUInt32LE(at);
    return value === IN_EXTRA_FIELD ? numbers.next() : value;
  }) as [number, number, number];
  const large = numbers.end();
  return { name, flags, method, crc: record.readUInt32LE(16), packedSize, size, offset, large };
}

/** Reads the 64-bit numbers of an extra field, which may hold nothing else but a timestamp. */
function largeNumbers(extra: Buffer) {
  let numbers: Buffer | undefined;
  for (let at = 0; at < extra.length;) {
    const [id, bytes] = at + 4 <= extra.length ? [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)] : [-1, 0];
    const known = (id === ZIP64_EXTRA && numbers === undefined) || id === TIMESTAMP_EXTRA;
    if (!known || at + 4 + bytes > extra.length) throw broken('a file has more about it than a bundle says');
    if (id === ZIP64_EXTRA) numbers = extra.subarray(at + 4, at + 4 + bytes);
    at += 4 + bytes;
  }
  const large = numbers !== undefined;
  return {
    next(): number {
      if (!numbers || numbers.length < 8) throw broken('a size is missing');
      const number = Number(numbers.readBigUInt64LE(0));
      numbers = numbers.subarray(8);
      if (!Number.isSafeInteger(number)) throw broken('it points outside of itself');
      return number;
    },
    end(): boolean {
      if (numbers && numbers.length > 0) throw broken('a file has a size too many');
      return large;
    },
  };
}

/** @returns the offset of the packed data */
async function assertLocalHeader(file: FileHandle, record: CentralRecord, name: string): Promise<number> {
  const { offset, flags, method, crc, packedSize, size } = record;
  const length = LOCAL_BYTES + record.name.length;
  const header = await bytesAt(file, offset, length);
  // A streamed member has its sizes after the data.
  const facts = flags & STREAMED ? [0, 0, 0] : [crc, packedSize, size];
  const same =
    header.length === length &&
    header.readUInt32LE(0) === LOCAL &&
    header.readUInt16LE(6) === flags &&
    header.readUInt16LE(8) === method &&
    [14, 18, 22].every((at, i) => header.readUInt32LE(at) === facts[i]) &&
    header.readUInt16LE(26) === record.name.length &&
    header.readUInt16LE(28) === 0 &&
    header.subarray(LOCAL_BYTES).equals(record.name);
  if (!same) throw broken(`${JSON.stringify(name)} says of itself something else than the directory`);
  return offset + length;
}

/** @returns the offset after the member, including the data descriptor */
async function assertDataDescriptor(
  file: FileHandle,
  record: CentralRecord,
  at: number,
  name: string,
): Promise<number> {
  if (!(record.flags & STREAMED)) return at;
  const length = record.large ? 24 : 16;
  const found = await bytesAt(file, at, length);
  const expected = Buffer.alloc(length);
  expected.writeUInt32LE(DESCRIPTOR, 0);
  expected.writeUInt32LE(record.crc, 4);
  if (record.large) {
    expected.writeBigUInt64LE(BigInt(record.packedSize), 8);
    expected.writeBigUInt64LE(BigInt(record.size), 16);
  } else {
    expected.writeUInt32LE(record.packedSize, 8);
    expected.writeUInt32LE(record.size, 12);
  }
  if (!found.equals(expected)) throw broken(`what follows ${JSON.stringify(name)} is not what the directory says`);
  return at + length;
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(position) || position < 0) return Buffer.alloc(0);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
