import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SignedInModule } from '../access-tokens/access-tokens.module.js';
import { EndSessionsWhenUserDisabled } from './end-sessions-when-user-disabled.js';
import { Session } from './session.entity.js';
import { SessionsCleanUp } from './sessions.clean-up.js';
import { SessionsQueries } from './sessions.queries.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Session]), SignedInModule],
  providers: [SessionsService, SessionsQueries, SessionsCleanUp, EndSessionsWhenUserDisabled],
  exports: [SessionsService, SessionsQueries],
})
export class SessionsModule {}
