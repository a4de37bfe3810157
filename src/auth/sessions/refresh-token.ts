import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Session } from './session.entity.js';

/**
 * A refresh token contains its session and generation, and a MAC of both, so that a token of an older generation can be
 * distinguished from a forged one. The MAC needs the key of the installation and the salt of the session: neither the database
 * nor the key alone suffices to forge one.
 */
export interface RefreshToken {
  readonly sessionId: number;
  readonly generation: number;
  readonly text: string;
}

type TokenSession = Pick<Session, 'id' | 'refreshSalt'>;

export const newSalt = (): string => randomBytes(24).toString('base64url');

export const hashToken = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Derives the token of a session and generation; deterministic, so that a successor can be returned again. */
export function issueRefreshToken(key: string, { id, refreshSalt }: TokenSession, generation: number): string {
  const mac = createHmac('sha256', key).update(`refresh\0${id}\0${generation}\0${refreshSalt}`).digest('base64url');
  return `${id}.${generation}.${mac}`;
}

/** @returns undefined for a text that has not the form of a token */
export function parseRefreshToken(text: string | undefined): RefreshToken | undefined {
  const parts = /^(\d{1,9}|1\d{9})\.(\d{1,9})\.[\w-]{43}$/.exec(text ?? '');
  return parts ? { sessionId: Number(parts[1]), generation: Number(parts[2]), text: parts[0] } : undefined;
}

/** Verifies that this installation issued the token for this session. */
export function isGenuine(key: string, token: RefreshToken, session: TokenSession): boolean {
  const issued = Buffer.from(issueRefreshToken(key, session, token.generation));
  const given = Buffer.from(token.text);
  return issued.length === given.length && timingSafeEqual(issued, given);
}
