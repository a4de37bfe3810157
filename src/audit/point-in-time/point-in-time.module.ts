import { Module } from '@nestjs/common';
import { WatchModule } from '../access-log/access-log.module.js';
import { Past } from './point-in-time.service.js';

@Module({
  imports: [WatchModule],
  providers: [Past],
  exports: [Past],
})
export class PastModule {}
