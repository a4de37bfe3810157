import { Module } from '@nestjs/common';
import { AuditModule } from '../audit.module.js';
import { WatchModule } from '../access-log/access-log.module.js';
import { LivesController } from './record-history.controller.js';
import { LivesQueries } from './record-history.queries.js';

@Module({
  imports: [AuditModule, WatchModule],
  controllers: [LivesController],
  providers: [LivesQueries],
})
export class AuditReadingModule {}
