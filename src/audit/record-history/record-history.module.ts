import { Module } from '@nestjs/common';
import { AuditModule } from '../audit.module.js';
import { AccessLogModule } from '../access-log/access-log.module.js';
import { RecordHistoryController } from './record-history.controller.js';
import { RecordHistoryQueries } from './record-history.queries.js';

@Module({
  imports: [AuditModule, AccessLogModule],
  controllers: [RecordHistoryController],
  providers: [RecordHistoryQueries],
})
export class RecordHistoryModule {}
