import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { normalizeText } from '../../core/normalized-text.js';

const ITERATIONS = 4096;

/**
 * A password as PostgreSQL stores it (RFC 5803), for `CREATE ROLE … PASSWORD`: in this form, the password itself is in no
 * statement that a server could log.
 */
export function scramVerifier(password: string, salt = randomBytes(16)): string {
  const salted = pbkdf2Sync(normalizeText(password, 'NFKC'), salt, ITERATIONS, 32, 'sha256');
  const keyed = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(keyed('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${keyed('Server Key').toString('base64')}`;
}
