import { SourceError } from './source-error.js';

/** Bytes at the start of a file by which its format is known. */
export const HEAD_BYTES = 512;
/** Place of the magic of a tar archive, behind the name and the attributes of the first file. */
const TAR_MAGIC_AT = 257;

const UNPACK = 'Unpack it first, and import the JSON file that is in it';
const DECOMPRESS = 'Decompress it first, or compress it by gzip, xz, bzip2 or zstd';
const JSON_FORMAT = 'Dump it again with --format json, which is the default of dumpdata';
/** Names what an installation without `manage.py` has instead of a dump. */
export const FROM_DATABASE =
  'an installation on FastAPI has no dump: import from its database, --from postgres postgres://…';

type ForeignFormat = readonly [start: string, cause: string, remedy: string];

/** Binary formats that are mistaken for a dump, by their first bytes in Latin-1. */
const BINARY: readonly ForeignFormat[] = [
  ['PK\u0003\u0004', 'It is a zip archive', UNPACK],
  ['7z\u00bc\u00af', 'It is a 7z archive', UNPACK],
  ['Rar!', 'It is a RAR archive', UNPACK],
  ['\u0004"M\u0018', 'It is compressed by lz4', DECOMPRESS],
  ['\u001f\u009d', 'It is compressed by compress', DECOMPRESS],
  [']\0\0', 'It is compressed by lzma', DECOMPRESS],
  ['x\u0001', 'It is compressed by zlib', DECOMPRESS],
  ['x\u009c', 'It is compressed by zlib', DECOMPRESS],
  ['x\u00da', 'It is compressed by zlib', DECOMPRESS],
  ['SQLite format 3', 'It is an SQLite database', 'Dump it: python manage.py dumpdata users tasks notifications'],
  [
    'PGDMP',
    'It is a dump of pg_dump',
    'Restore it with pg_restore, and import from there: --from postgres postgres://…',
  ],
];

/** Texts that are mistaken for a dump. */
const TEXTS: readonly (readonly [pattern: RegExp, cause: string, remedy: string])[] = [
  [
    /^<(!doctype html|html)\b/i,
    'It is a web page (HTML), not JSON',
    'Download it again, signed in: the page may be that of a sign-in or of an error',
  ],
  [/^</, 'It is XML, not JSON', JSON_FORMAT],
  [/^- \w+:/, 'It is YAML, not JSON', JSON_FORMAT],
  [
    /^(--|SET |CREATE |INSERT |PGDMP|COPY )/,
    'It is a dump of a whole database, not of dumpdata',
    'Restore it into a database, and import from there: --from postgres postgres://…',
  ],
  [/^"?\w+"?([,;\t]"?\w+"?)+\r?(\n|$)/, 'It is a table (CSV), not JSON', `${JSON_FORMAT}; ${FROM_DATABASE}`],
];

/** @throws SourceError where the start of the input is that of an archive, a database or another compression */
export function assertNoForeignFormat(start: Buffer): void {
  const text = start.toString('latin1');
  const found = BINARY.find(([magic]) => text.startsWith(magic));
  if (found) throw new SourceError(found[1], found[2]);
  if (text.startsWith('ustar', TAR_MAGIC_AT)) throw new SourceError('It is a tar archive', UNPACK);
}

/** Creates the error for text that begins neither an array nor an object. */
export function notJson(start: Buffer): SourceError {
  const text = start.subarray(0, HEAD_BYTES).toString('latin1');
  const found = TEXTS.find(([pattern]) => pattern.test(text));
  if (found) return new SourceError(found[1], found[2]);
  const cause = `It is not JSON: it begins with ${shownByte(start[0] as number)}, where "[" or "{" must stand`;
  // Control characters, but for tab and line breaks, are in no log.
  if (/^[^]{0,15}[\0-\b\u000e-\u001a\u001c-\u001f]/.test(text) || (start[0] as number) > 0xf4) {
    return new SourceError(cause, 'Look at what kind of file it is (file NAME), and give the output of dumpdata');
  }
  return new SourceError(
    cause,
    'Where lines of a log stand before the JSON, remove them, or dump with --output dump.json',
  );
}

export const shownByte = (byte: number): string =>
  byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `the byte 0x${byte.toString(16).padStart(2, '0')}`;
