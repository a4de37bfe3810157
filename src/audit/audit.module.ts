import { Global, Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditSink } from '../core/audit-sink.js';
import { AuditEntry } from './audit-entry.entity.js';
import { AuditController } from './audit.controller.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { AuditQueries } from './audit.queries.js';
import { AuditTrail } from './audit-trail.js';
import { LoggedRequest } from './request-log.entity.js';
import { RequestLog } from './request-log.js';

/** Global, since every change is written through its sink. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([AuditEntry, LoggedRequest])],
  controllers: [AuditController],
  providers: [
    AuditQueries,
    RequestLog,
    AuditInterceptor,
    { provide: AuditSink, useClass: AuditTrail },
    { provide: APP_INTERCEPTOR, useExisting: AuditInterceptor },
  ],
  exports: [AuditSink, RequestLog],
})
export class AuditModule {}
