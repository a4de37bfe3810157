import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { WatchModule } from '../watch/watch.module.js';
import { LivesController } from './lives.controller.js';
import { LivesQueries } from './lives.queries.js';

@Module({
  imports: [AuditModule, WatchModule],
  controllers: [LivesController],
  providers: [LivesQueries],
})
export class AuditReadingModule {}
