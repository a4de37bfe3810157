import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessTokensModule } from '../access-tokens/access-tokens.module.js';
import { EndSessionsOfDisabledUserHandler } from './end-sessions-of-disabled-user.handler.js';
import { Session } from './session.entity.js';
import { SessionsRetention } from './sessions.retention.js';
import { SessionsQueries } from './sessions.queries.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Session]), AccessTokensModule],
  providers: [
    SessionsService,
    SessionsRepository,
    SessionsQueries,
    SessionsRetention,
    EndSessionsOfDisabledUserHandler,
  ],
  exports: [SessionsService, SessionsQueries],
})
export class SessionsModule {}
