import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AccessTokens, ALGORITHM, signingKey } from './access-tokens.js';
import { KnownSessions } from './known-sessions.js';
import { RenewalInterceptor } from './renewal.interceptor.js';
import { SessionActivity } from './session-activity.js';
import { Session } from './session.entity.js';
import { SessionsCleanUp } from './sessions.clean-up.js';
import { SessionsQueries } from './sessions.queries.js';
import { SessionsService } from './sessions.service.js';
import { SignedIn } from './signed-in.js';

const jwt = JwtModule.registerAsync({
  inject: [Config],
  useFactory: (config: Config) => ({ secret: signingKey(config), signOptions: { algorithm: ALGORITHM } }),
});

/** Sessions, and the tokens that stand for them. */
@Module({
  imports: [TypeOrmModule.forFeature([Session]), PassportModule, jwt],
  providers: [
    SessionsService,
    SessionsQueries,
    SessionActivity,
    SessionsCleanUp,
    AccessTokens,
    AccessTokenStrategy,
    SignedIn,
    KnownSessions,
    { provide: APP_INTERCEPTOR, useClass: RenewalInterceptor },
  ],
  exports: [SessionsService, SessionsQueries, SignedIn],
})
export class SessionsModule {}
