import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RequestLogModule } from './request-log/request-log.module.js';
import { AccessLogModule } from './access-log/access-log.module.js';
import { AuditEntry } from './audit-entry.entity.js';
import { AuditController } from './audit.controller.js';
import { AuditQueries } from './audit.queries.js';

@Module({
  imports: [TypeOrmModule.forFeature([AuditEntry]), RequestLogModule, AccessLogModule],
  controllers: [AuditController],
  providers: [AuditQueries],
  exports: [AuditQueries],
})
export class AuditModule {}
