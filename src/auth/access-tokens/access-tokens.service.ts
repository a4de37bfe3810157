import { createSecretKey, randomUUID, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Config } from '../../core/config/config.js';
import { Clock } from '../../core/clock.js';

/** The only algorithm for signing and verification. */
export const ALGORITHM = 'HS256';

/** Audience of access tokens (RFC 7519 §4.1.3), which other tokens signed with the same key do not have. */
export const AUDIENCE = 'ctms-api';

/** The claims of an access token (RFC 7519). */
export interface AccessClaims {
  /** Id of the user. */
  readonly sub: string;
  /** Id of the session. */
  readonly sid: number;
  /** Generation of the refresh token at the time of issue; missing in tokens of earlier releases. */
  readonly gen?: number;
  readonly type: 'access';
  /** Name of the installation. Missing, like `aud`, in tokens of earlier releases. */
  readonly iss?: string;
  readonly aud?: string;
  readonly iat: number;
  readonly exp: number;
}

/** Creates the key once: a string would be tried as a public key first on every verification. */
export const signingKey = (config: Config): KeyObject => createSecretKey(Buffer.from(config.secretKey));

@Injectable()
export class AccessTokensService {
  constructor(
    private readonly jwt: JwtService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Verifies the signature, not the expiry. @returns the claims; empty where the signature is not ours */
  async claims(token: string): Promise<Partial<AccessClaims>> {
    return this.jwt
      .verifyAsync<AccessClaims>(token, { algorithms: [ALGORITHM], ignoreExpiration: true })
      .catch(() => ({}));
  }

  /**
   * Signs an access token.
   *
   * @param gen generation of the session's refresh token
   * @param end end of the session, which the token does not outlive
   */
  issue(userId: number, sessionId: number, gen = 0, end?: Date): Promise<string> {
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    const exp = iat + this.config.accessTokenSeconds;
    const claims = {
      sub: String(userId),
      sid: sessionId,
      gen,
      type: 'access',
      iss: this.config.appName,
      aud: AUDIENCE,
      iat,
      exp: end ? Math.min(exp, Math.floor(end.getTime() / 1000)) : exp,
    };
    return this.jwt.signAsync({ ...claims, jti: randomUUID() });
  }
}
