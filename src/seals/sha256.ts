import { hash } from 'node:crypto';

/** Enough for nearly everything; there are some hashes for each entry, so that allocating would cost more than hashing. */
let room = Buffer.alloc(8192);

/** SHA-256 of parts put one behind the other, texts as UTF-8; in hex. */
export function sha256Hex(...parts: readonly (string | Uint8Array)[]): string {
  let used = 0;
  for (const part of parts) {
    // No UTF-16 code unit takes more than three bytes.
    makeRoom(used + (typeof part === 'string' ? part.length * 3 : part.length));
    if (typeof part === 'string') used += room.write(part, used);
    else {
      room.set(part, used);
      used += part.length;
    }
  }
  return hash('sha256', room.subarray(0, used), 'hex');
}

export const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => Buffer.from(sha256Hex(...parts), 'hex');

const BLOCK_BYTES = 64;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** HMAC-SHA-256 (RFC 2104) of a key of up to 64 bytes; over short texts in a quarter of the time of `createHmac`. */
export function hmacSha256(key: Uint8Array, text: string): Buffer {
  makeRoom(BLOCK_BYTES + text.length * 3);
  pad(key, INNER_PAD);
  const inner = hash('sha256', room.subarray(0, BLOCK_BYTES + room.write(text, BLOCK_BYTES)), 'binary');
  pad(key, OUTER_PAD);
  const used = BLOCK_BYTES + room.write(inner, BLOCK_BYTES, 'binary');
  return Buffer.from(hash('sha256', room.subarray(0, used), 'hex'), 'hex');
}

function pad(key: Uint8Array, byte: number): void {
  room.fill(byte, 0, BLOCK_BYTES);
  for (let i = 0; i < key.length; i++) room[i] = (key[i] as number) ^ byte;
}

function makeRoom(bytes: number): void {
  if (bytes > room.length) room = Buffer.concat([room, Buffer.alloc(2 * bytes)]);
}
