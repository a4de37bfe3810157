import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { Config } from '../../core/config/config.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AccessTokens, ALGORITHM, signingKey } from './access-tokens.js';
import { KnownSessions } from './session-cache.js';
import { Renewal } from './token-renewal.hook.js';
import { SessionActivity } from './session-activity.js';
import { SignedIn } from './token-authenticator.js';

const jwt = JwtModule.registerAsync({
  inject: [Config],
  useFactory: (config: Config) => ({ secret: signingKey(config), signOptions: { algorithm: ALGORITHM } }),
});

/** Whom an access token stands for. */
@Module({
  imports: [PassportModule, jwt],
  providers: [AccessTokens, AccessTokenStrategy, SignedIn, KnownSessions, SessionActivity, Renewal],
  exports: [AccessTokens, SignedIn, SessionActivity],
})
export class SignedInModule {}
