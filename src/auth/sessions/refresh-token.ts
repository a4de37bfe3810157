import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Session } from './session.entity.js';

/**
 * A refresh token names its session and generation and proves both by a MAC, so that a token of any older generation is
 * known for what it is, and a made-up one proves nothing. The MAC needs the key of the installation and the salt of the
 * session: neither the database nor the key alone makes a token.
 */
export interface RefreshToken {
  readonly sessionId: number;
  readonly generation: number;
  readonly text: string;
}

type Sealed = Pick<Session, 'id' | 'refreshSalt'>;

export const newSalt = (): string => randomBytes(24).toString('base64url');

export const hashToken = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same token for the same session and generation, which lets the grace answer repeat a successor. */
export function issueRefreshToken(key: string, { id, refreshSalt }: Sealed, generation: number): string {
  const mac = createHmac('sha256', key).update(`refresh\0${id}\0${generation}\0${refreshSalt}`).digest('base64url');
  return `${id}.${generation}.${mac}`;
}

/** @returns undefined for what has not even the form of a token */
export function readRefreshToken(text: string | undefined): RefreshToken | undefined {
  const parts = /^(\d{1,9}|1\d{9})\.(\d{1,9})\.[\w-]{43}$/.exec(text ?? '');
  return parts ? { sessionId: Number(parts[1]), generation: Number(parts[2]), text: parts[0] } : undefined;
}

/** Whether this product issued the token for this session. */
export function isGenuine(key: string, token: RefreshToken, session: Sealed): boolean {
  const issued = Buffer.from(issueRefreshToken(key, session, token.generation));
  const given = Buffer.from(token.text);
  return issued.length === given.length && timingSafeEqual(issued, given);
}
