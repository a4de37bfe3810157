import { createReadStream } from 'node:fs';
import { lstat, open, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BundleError, FILES, MAX_BYTES, type BundleFiles } from './bundle.js';
import { openZip } from './zip-reader.js';

/** An entry holds at most two texts of a request of 1 MiB for each field of it, escaped. */
const MAX_LINE = 16 * 1024 * 1024;
/** Deeper than any value that the product records. */
const MAX_DEPTH = 100;
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);
const ZIP = Buffer.from('PK');

/** Opens a bundle. @param path of a zip, or of the folder that one was unpacked into */
export async function openBundle(path: string): Promise<BundleFiles> {
  return (await stat(path)).isDirectory() ? openFolder(path) : openZip(path);
}

/** Checks whether a file is a zip; any other file is read as text. */
export async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(ZIP.length), 0, ZIP.length, 0);
    return bytesRead === ZIP.length && buffer.equals(ZIP);
  } finally {
    await file.close();
  }
}

async function openFolder(folder: string): Promise<BundleFiles> {
  const names: string[] = [];
  for (const name of await readdir(folder)) {
    if ((await lstat(join(folder, name))).isDirectory())
      names.push(...(await readdir(join(folder, name))).map((inner) => `${name}/${inner}`));
    else names.push(name);
  }
  const read = (name: string): AsyncIterable<Buffer> => {
    if (!names.includes(name)) throw new BundleError(`${name} is missing`);
    return createReadStream(join(folder, name));
  };
  return { names, read, close: async () => undefined };
}

const FOLDERS: readonly string[] = Object.values(FILES).map(dirname);

/** @throws BundleError unless the files are those of the format, each once and no other */
export function assertOnlyBundleFiles({ names }: BundleFiles): void {
  const known: readonly string[] = Object.values(FILES);
  const unknown = names.find((name) => !known.includes(name) && !FOLDERS.includes(name));
  if (unknown !== undefined) throw new BundleError(`${JSON.stringify(unknown)} is not a file of the bundle`);
  const missing = known.find((name) => !names.includes(name));
  if (missing) throw new BundleError(`${missing} is missing`);
}

/** Streams the bytes of a file. @throws BundleError where they exceed its limit in `MAX_BYTES` */
export async function* readBytes(files: BundleFiles, name: string): AsyncGenerator<Buffer> {
  const limit = MAX_BYTES[name] ?? Infinity;
  let bytes = 0;
  for await (const chunk of files.read(name)) {
    bytes += chunk.length;
    if (bytes > limit) throw new BundleError(`${name} has more than ${limit} bytes`);
    yield chunk;
  }
}

/** Reads a file whole, as text; for files with a limit in `MAX_BYTES`. */
export async function readText(files: BundleFiles, name: string): Promise<string> {
  let text = '';
  for await (const line of readLines(files, name)) text += `${line}\n`;
  return text;
}

/** Reads a file whole, as JSON. @throws BundleError where it is not JSON */
export async function readJson<T>(files: BundleFiles, name: string): Promise<T> {
  return parseBundleJson<T>(await readText(files, name), name);
}

/** Parses JSON. @param where names the text in messages; @throws BundleError where it is not JSON */
export function parseBundleJson<T>(text: string, where: string): T {
  if (isDeeperThan(MAX_DEPTH, text)) throw new BundleError(`${where} is nested too deeply`);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new BundleError(`${where} is not JSON`);
  }
}

/** Scans the text alone: a value nested a million times deep would fill the memory once parsed. */
function isDeeperThan(limit: number, json: string): boolean {
  let [depth, quoted] = [0, false];
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === BACKSLASH && quoted) i++;
    else if (code === QUOTE) quoted = !quoted;
    else if (!quoted && OPENING.has(code) && ++depth > limit) return true;
    else if (!quoted && CLOSING.has(code)) depth--;
  }
  return false;
}

/** Streams the lines of a file of any length, in constant memory. @throws BundleError where it is not UTF-8 or a line has no end */
export async function* readLines(files: BundleFiles, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new BundleError(`${name} is not UTF-8`);
    }
  };
  // Pieces of the unfinished line: concatenating them for each chunk would be quadratic in its length.
  let pieces: string[] = [];
  let length = 0;
  for await (const chunk of readBytes(files, name)) {
    const lines = decode(chunk).split('\n');
    const rest = lines.pop() as string;
    for (const line of lines) {
      yield [...pieces, line].join('');
      [pieces, length] = [[], 0];
    }
    pieces.push(rest);
    length += rest.length;
    if (length > MAX_LINE) throw new BundleError(`${name} has a line of more than ${MAX_LINE} characters`);
  }
  if (length + decode().length > 0) throw new BundleError(`${name} breaks off in the middle of a line`);
}
