import { Module } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessLogModule } from '../access-log/access-log.module.js';
import { AuditInterceptor } from './audit.interceptor.js';
import { RequestLog } from './request-log.service.js';
import { LoggedRequest } from './request-log.entity.js';
import { RequestLogRepository } from './request-log.repository.js';
import { RequestLogRetention } from './request-log.retention.service.js';

/** Logs every request of the API; `AuditQueries` reads the log. */
@Module({
  imports: [TypeOrmModule.forFeature([LoggedRequest]), AccessLogModule],
  providers: [
    RequestLog,
    RequestLogRepository,
    RequestLogRetention,
    AuditInterceptor,
    { provide: APP_INTERCEPTOR, useExisting: AuditInterceptor },
  ],
  exports: [RequestLog],
})
export class RequestLogModule {}
