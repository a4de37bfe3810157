import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { Config } from '../../core/config/config.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AccessTokensService, ALGORITHM, signingKey } from './access-tokens.service.js';
import { ActiveSessionsRepository } from './active-sessions.repository.js';
import { SessionCache } from './session.cache.js';
import { TokenRenewalHook } from './token-renewal.hook.js';
import { SessionActivity } from './session-activity.service.js';
import { TokenAuthenticator } from './token-authenticator.service.js';

const jwt = JwtModule.registerAsync({
  inject: [Config],
  useFactory: (config: Config) => ({ secret: signingKey(config), signOptions: { algorithm: ALGORITHM } }),
});

/** Issues access tokens and authenticates requests by them. */
@Module({
  imports: [PassportModule, jwt],
  providers: [
    ActiveSessionsRepository,
    AccessTokensService,
    AccessTokenStrategy,
    TokenAuthenticator,
    SessionCache,
    SessionActivity,
    TokenRenewalHook,
  ],
  exports: [AccessTokensService, TokenAuthenticator, SessionActivity],
})
export class AccessTokensModule {}
