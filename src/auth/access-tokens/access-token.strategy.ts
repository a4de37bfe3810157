import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type FastifyRequest } from 'fastify';
import { Strategy, type StrategyOptionsWithRequest } from 'passport-jwt';
import { Config } from '../../core/config/config.js';
import { bearerToken } from '../../core/authorization/bearer-token.js';
import { requestContextOf, type Actor } from '../../core/authorization/actor.js';
import { ALGORITHM, signingKey, type AccessClaims } from './access-tokens.service.js';
import { TokenAuthenticator } from './token-authenticator.service.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Expiry of the access token of this request, in seconds since 1970. */
    tokenExpires?: number;
    /** Generation of the refresh token when the access token was issued. */
    tokenGeneration?: number | undefined;
  }
}

/** A multiple of the tokens in use at a time. */
const MAX_VERIFIED = 10_000;
/** Not passport-jwt's own, whose pattern is not anchored. */
const tokenOf = ({ headers }: { readonly headers: { readonly authorization?: string | undefined } }): string | null =>
  bearerToken(headers.authorization) ?? null;

/**
 * Authenticates the access token of a request and sets the actor. Each signature is verified once; expiry and session
 * are checked on every request.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, 'jwt') {
  private readonly verified = new Map<string, Partial<AccessClaims>>();

  constructor(
    config: Config,
    private readonly authenticator: TokenAuthenticator,
  ) {
    const key = signingKey(config);
    super({
      jwtFromRequest: tokenOf,
      secretOrKeyProvider: (_request: unknown, _token: unknown, done: (error: null, key: unknown) => void) =>
        done(null, key),
      algorithms: [ALGORITHM],
      // Judged by `TokenAuthenticator`, by the clock of the product.
      ignoreExpiration: true,
      passReqToCallback: true,
      // The declarations know no KeyObject, which jsonwebtoken takes.
    } as unknown as StrategyOptionsWithRequest);
  }

  override authenticate(request: Parameters<Strategy['authenticate']>[0], options?: object): void {
    const claims = this.verified.get(tokenOf(request) ?? '');
    if (!claims) return super.authenticate(request, options);
    this.actor(request as unknown as FastifyRequest, claims).then(
      (actor) => this.success(actor),
      (error: unknown) => this.error(error as Error),
    );
  }

  /** Called by Passport with claims whose signature was just verified. */
  async validate(request: FastifyRequest, claims: Partial<AccessClaims>): Promise<Actor> {
    if (this.verified.size >= MAX_VERIFIED) this.verified.clear();
    this.verified.set(tokenOf(request) as string, claims);
    return this.actor(request, claims);
  }

  private async actor(request: FastifyRequest, claims: Partial<AccessClaims>): Promise<Actor> {
    const { actor, expires, generation } = await this.authenticator.authenticateClaims(
      claims,
      requestContextOf(request),
    );
    request.tokenExpires = expires;
    request.tokenGeneration = generation;
    return actor;
  }
}
