import { createSecretKey, randomUUID, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Config } from '../config/config.js';
import { Clock } from '../core/clock.js';

/** The only algorithm that is signed with and believed. */
export const ALGORITHM = 'HS256';

/** The claims of an access token (RFC 7519). */
export interface AccessClaims {
  /** Id of the user. */
  readonly sub: string;
  /** Id of the session. */
  readonly sid: number;
  readonly type: 'access';
  readonly iat: number;
  readonly exp: number;
}

/** Made once: as a string, the key would be tried as a public key first on every verification. */
export const signingKey = (config: Config): KeyObject => createSecretKey(Buffer.from(config.secretKey));

@Injectable()
export class AccessTokens {
  constructor(
    private readonly jwt: JwtService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** What a token says whose signature is ours; nothing for any other. Its expiry is not judged here. */
  async claims(token: string): Promise<Partial<AccessClaims>> {
    return this.jwt
      .verifyAsync<AccessClaims>(token, { algorithms: [ALGORITHM], ignoreExpiration: true })
      .catch(() => ({}));
  }

  issue(userId: number, sessionId: number): Promise<string> {
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    const claims = {
      sub: String(userId),
      sid: sessionId,
      type: 'access',
      iat,
      exp: iat + this.config.accessTokenSeconds,
    };
    return this.jwt.signAsync({ ...claims, jti: randomUUID() });
  }
}
