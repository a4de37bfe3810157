import { Module } from '@nestjs/common';
import { AccessLogModule } from '../access-log/access-log.module.js';
import { PointInTimeAccess } from './point-in-time-access.service.js';

@Module({
  imports: [AccessLogModule],
  providers: [PointInTimeAccess],
  exports: [PointInTimeAccess],
})
export class PointInTimeModule {}
