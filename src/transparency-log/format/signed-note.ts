import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { sha256 } from './sha256.js';

/** Signature type of Ed25519 in https://c2sp.org/signed-note. */
const ED25519 = 0x01;
/** DER prefixes of PKCS #8 and SubjectPublicKeyInfo (RFC 8410) before the 32 bytes of an Ed25519 key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Each signature of a known key costs a hash of the whole text; a checkpoint has one, and one more per witness. */
const MAX_SIGNATURES = 16;
const SIGNATURE_LINE = /^— (\S+) ([A-Za-z0-9+/]+=*)$/;

/** The public part of a signing key. */
export interface NoteKey {
  /** Name of the log; without blanks and `+`. */
  readonly name: string;
  /** The first 4 bytes of SHA-256 over name, line feed, type and public key, in hex. */
  readonly id: string;
  readonly publicKey: KeyObject;
}

export interface NoteSigner extends NoteKey {
  readonly privateKey: KeyObject;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly signature: Buffer;
}

export interface SignedNote {
  /** The signed text, with its last line feed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Creates a signer. @param key an Ed25519 private key: its 32 bytes in base64, or PKCS #8 in PEM; @throws Error on anything else */
export function signerOf(name: string, key: string): NoteSigner {
  const privateKey = key.includes('-----BEGIN') ? createPrivateKey(key) : createPrivateKey(pkcs8Of(key));
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('not an Ed25519 key');
  return { ...keyOf(name, rawKey(createPublicKey(privateKey))), privateKey };
}

/** Creates a public key with its id. @param publicKey its 32 bytes */
export function keyOf(name: string, publicKey: Uint8Array): NoteKey {
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: 'der', type: 'spki' });
  const id = sha256(`${name}\n`, Buffer.of(ED25519), publicKey);
  return { name, id: id.toString('hex', 0, 4), publicKey: key };
}

/** Returns the 32 bytes of a public key. */
export function rawKey(publicKey: KeyObject): Buffer {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-KEY_BYTES);
}

/** Formats a key as `name+id+key`, the verifier key of c2sp.org/signed-note. */
export function verifierLine({ name, id, publicKey }: NoteKey): string {
  return `${name}+${id}+${Buffer.concat([Buffer.of(ED25519), rawKey(publicKey)]).toString('base64')}`;
}

/** Parses a verifier key. @throws Error where the line is not a key, or its id does not match */
export function keyFromLine(line: string): NoteKey {
  const [name = '', id, ...rest] = line.trim().split('+');
  const bytes = Buffer.from(rest.join('+'), 'base64');
  const key = bytes[0] === ED25519 && bytes.length === KEY_BYTES + 1 ? keyOf(name, bytes.subarray(1)) : undefined;
  if (!key || key.id !== id) throw new Error(`"${line}" is not the key of a signed note`);
  return key;
}

/** Signs a text. @param text lines, each with its line feed */
export function signNote(text: string, signer: NoteSigner): string {
  const signature = sign(null, Buffer.from(text), signer.privateKey);
  const line = Buffer.concat([Buffer.from(signer.id, 'hex'), signature]).toString('base64');
  return `${text}\n— ${signer.name} ${line}\n`;
}

/** Parses a signed note without verifying it. @throws Error where it is malformed, or has more than 16 signatures */
export function parseNote(note: string): SignedNote {
  const end = note.lastIndexOf('\n\n');
  const lines = note.slice(end + 2).split('\n');
  if (end < 0 || lines.length < 2 || lines.pop() !== '') throw new Error('It is not a signed note');
  if (lines.length > MAX_SIGNATURES) throw new Error(`The note has more than ${MAX_SIGNATURES} signatures`);
  return { text: note.slice(0, end + 1), signatures: lines.map(signatureOf) };
}

/** Checks whether one of the signatures of a note is valid and of this key. */
export function isSignedBy({ text, signatures }: SignedNote, key: NoteKey): boolean {
  return signatures.some(
    ({ name, keyId, signature }) =>
      name === key.name &&
      keyId === key.id &&
      signature.length === SIGNATURE_BYTES &&
      verify(null, Buffer.from(text), key.publicKey, signature),
  );
}

function signatureOf(line: string): NoteSignature {
  const [, name = '', base64 = ''] = SIGNATURE_LINE.exec(line) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length <= 4) throw new Error('A signature line of the note is malformed');
  return { name, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) };
}

function pkcs8Of(base64: string): { key: Buffer; format: 'der'; type: 'pkcs8' } {
  const seed = Buffer.from(base64, 'base64');
  if (seed.length !== KEY_BYTES) throw new Error('not 32 bytes in base64');
  return { key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' };
}
