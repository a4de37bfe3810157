import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type FastifyRequest } from 'fastify';
import { ExtractJwt, Strategy, type StrategyOptionsWithRequest } from 'passport-jwt';
import { Config } from '../config/config.js';
import { originOf, type Actor } from '../core/actor.js';
import { ALGORITHM, signingKey, type AccessClaims } from './access-tokens.js';
import { SignedIn } from './signed-in.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** When the access token of this request expires, in seconds since 1970. */
    tokenExpires?: number;
  }
}

/** Reads the access token of a request, verifies its signature and makes it the actor of the request. */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    config: Config,
    private readonly signedIn: SignedIn,
  ) {
    const key = signingKey(config);
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: (_request: unknown, _token: unknown, done: (error: null, key: unknown) => void) =>
        done(null, key),
      algorithms: [ALGORITHM],
      // Judged by `SignedIn`, by the clock of the product.
      ignoreExpiration: true,
      passReqToCallback: true,
    } as unknown as StrategyOptionsWithRequest);
  }

  async validate(request: FastifyRequest, claims: Partial<AccessClaims>): Promise<Actor> {
    const { actor, expires } = await this.signedIn.byClaims(claims, originOf(request));
    request.tokenExpires = expires;
    return actor;
  }
}
