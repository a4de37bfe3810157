import { createHmac, hash } from 'node:crypto';

/** Shared by all calls: an entry takes several hashes, and allocating for each would cost more than hashing. */
let buffer = Buffer.alloc(8192);

/** Returns the SHA-256, in hex, of the parts concatenated; texts as UTF-8. */
export function sha256Hex(...parts: readonly (string | Uint8Array)[]): string {
  let used = 0;
  for (const part of parts) {
    // No UTF-16 code unit takes more than three bytes.
    const needed = used + (typeof part === 'string' ? part.length * 3 : part.length);
    if (needed > buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(2 * needed)]);
    if (typeof part === 'string') used += buffer.write(part, used);
    else {
      buffer.set(part, used);
      used += part.length;
    }
  }
  return hash('sha256', buffer.subarray(0, used), 'hex');
}

/** Returns the 32 bytes of SHA-256 of the parts concatenated. */
export const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => Buffer.from(sha256Hex(...parts), 'hex');

const KEY_BYTES = 16;

/**
 * Returns HMAC-SHA-256 (RFC 2104) of a text in UTF-8.
 *
 * @param key of 16 bytes, the length of an entry's salt
 * @throws Error where the key has another length
 */
export function hmacSha256(key: Uint8Array, text: string): Buffer {
  if (key.length !== KEY_BYTES) throw new Error(`The key has ${key.length} bytes`);
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
