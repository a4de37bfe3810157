import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../core/config/config.js';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
/** 96 random bits, sufficient for 2^32 secrets per key (NIST SP 800-38D §8.2). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 'v1';

/** Encrypts the secrets of second factors, each bound to its user, with a key derived from `SECRET_KEY`. */
@Injectable()
export class SecondFactorCipher {
  private readonly logger = new Logger(SecondFactorCipher.name);
  private readonly key: KeyObject;

  constructor({ secretKey }: Config) {
    this.key = createSecretKey(Buffer.from(hkdfSync('sha256', secretKey, '', 'ctms second factor', KEY_BYTES)));
  }

  /** @returns version, nonce and ciphertext as one text */
  encrypt(userId: number, secret: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce, { authTagLength: TAG_BYTES }).setAAD(contextOf(userId));
    const encrypted = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, nonce.toString('base64url'), encrypted.toString('base64url')].join('.');
  }

  /** Logs and returns undefined for a secret of another user, or of another `SECRET_KEY`. */
  decrypt(userId: number, stored: string): string | undefined {
    const [version, ...parts] = stored.split('.');
    const [nonce, encrypted] = parts.map((part) => Buffer.from(part, 'base64url'));
    try {
      if (version !== VERSION || !nonce || !encrypted) throw new Error('unknown format');
      const decipher = createDecipheriv(CIPHER, this.key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(contextOf(userId)).setAuthTag(encrypted.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(encrypted.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      const msg = 'The secret of a second factor cannot be decrypted: SECRET_KEY has changed, or the row was altered';
      this.logger.warn({ msg, user: userId });
      return undefined;
    }
  }
}

const contextOf = (userId: number): Buffer => Buffer.from(`user ${userId}`);
