import { hash } from 'node:crypto';

/** Enough for nearly everything; there are some hashes for each entry, so that allocating would cost more than hashing. */
let room = Buffer.alloc(8192);

/** SHA-256 of parts put one behind the other, texts as UTF-8; in hex. */
export function sha256Hex(...parts: readonly (string | Uint8Array)[]): string {
  let used = 0;
  for (const part of parts) {
    // No UTF-16 code unit takes more than three bytes.
    const needed = used + (typeof part === 'string' ? part.length * 3 : part.length);
    if (needed > room.length) room = Buffer.concat([room, Buffer.alloc(2 * needed)]);
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
const KEY_BYTES = 16;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;
let inner = Buffer.alloc(1024, INNER_PAD);
const outer = Buffer.alloc(BLOCK_BYTES + 32, OUTER_PAD);

/** HMAC-SHA-256 (RFC 2104) with a key of 16 bytes; over short texts in a quarter of the time that `createHmac` takes. */
export function hmacSha256(key: Uint8Array, text: string): Buffer {
  if (key.length !== KEY_BYTES) throw new Error(`The key has ${key.length} bytes`);
  const needed = BLOCK_BYTES + text.length * 3;
  if (needed > inner.length) inner = Buffer.alloc(2 * needed, INNER_PAD);
  for (let i = 0; i < KEY_BYTES; i++) {
    const byte = key[i] as number;
    inner[i] = byte ^ INNER_PAD;
    outer[i] = byte ^ OUTER_PAD;
  }
  const used = BLOCK_BYTES + inner.write(text, BLOCK_BYTES);
  outer.write(hash('sha256', inner.subarray(0, used), 'binary'), BLOCK_BYTES, 'binary');
  return Buffer.from(hash('sha256', outer, 'hex'), 'hex');
}
