import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { Config } from '../config/config.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AccessTokens, ALGORITHM, signingKey } from './access-tokens.js';
import { KnownSessions } from './known-sessions.js';
import { RenewalInterceptor } from './renewal.interceptor.js';
import { SessionActivity } from './session-activity.js';
import { SignedIn } from './signed-in.js';

const jwt = JwtModule.registerAsync({
  inject: [Config],
  useFactory: (config: Config) => ({ secret: signingKey(config), signOptions: { algorithm: ALGORITHM } }),
});

/** Whom an access token stands for. */
@Module({
  imports: [PassportModule, jwt],
  providers: [
    AccessTokens,
    AccessTokenStrategy,
    SignedIn,
    KnownSessions,
    SessionActivity,
    { provide: APP_INTERCEPTOR, useClass: RenewalInterceptor },
  ],
  exports: [AccessTokens, SignedIn, SessionActivity],
})
export class SignedInModule {}
