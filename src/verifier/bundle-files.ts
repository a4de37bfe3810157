import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { Fault } from './bundle.js';
import { openZip } from './zip-reader.js';

/** The files of a bundle, packed or not. */
export interface BundleFiles {
  readonly names: readonly string[];
  /** @throws Fault where there is no such file */
  read(name: string): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

const MAX_LINE = 64 * 1024 * 1024;
const ZIP = Buffer.from('PK');

/** @param path of a zip, or of a folder that one was unpacked into */
export async function openBundle(path: string): Promise<BundleFiles> {
  return (await stat(path)).isDirectory() ? openFolder(path) : openZip(path);
}

/** Whether a file is a zip, or else something to be read as text. */
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
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const names = files.map((file) => relative(folder, file).split(sep).join('/'));
  const read = (name: string): AsyncIterable<Buffer> => {
    if (!names.includes(name)) throw new Fault(`${name} is missing`);
    return createReadStream(join(folder, name));
  };
  return { names, read, close: async () => undefined };
}

/** A file that is small by its nature, as text. */
export async function textOf(files: BundleFiles, name: string): Promise<string> {
  let text = '';
  for await (const line of linesOf(files, name)) text += `${line}\n`;
  return text;
}

/** @throws Fault where the file is no JSON */
export async function jsonOf<T>(files: BundleFiles, name: string): Promise<T> {
  return parsed<T>(await textOf(files, name), name);
}

/** @throws Fault where the text is no JSON; `where` is told */
export function parsed<T>(text: string, where: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Fault(`${where} is not JSON`);
  }
}

/** The lines of a file of any length, in constant memory. @throws Fault where it is not UTF-8 or a line has no end */
export async function* linesOf(files: BundleFiles, name: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw new Fault(`${name} is not UTF-8`);
    }
  };
  let rest = '';
  for await (const chunk of files.read(name)) {
    const lines = (rest + decode(chunk)).split('\n');
    rest = lines.pop() as string;
    if (rest.length > MAX_LINE) throw new Fault(`${name} has a line without an end`);
    yield* lines;
  }
  rest += decode();
  if (rest !== '') throw new Fault(`${name} breaks off in the middle of a line`);
}
