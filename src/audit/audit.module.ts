import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { WatchModule } from '../watch/watch.module.js';
import { AuditEntry } from './audit-entry.entity.js';
import { AuditController } from './audit.controller.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { AuditQueries } from './audit.queries.js';
import { LoggedRequest } from './request-log.entity.js';
import { RequestLog } from './request-log.js';

@Module({
  imports: [TypeOrmModule.forFeature([AuditEntry, LoggedRequest]), WatchModule],
  controllers: [AuditController],
  providers: [AuditQueries, RequestLog, AuditInterceptor, { provide: APP_INTERCEPTOR, useExisting: AuditInterceptor }],
  exports: [AuditQueries, RequestLog],
})
export class AuditModule {}
