import { Module } from '@nestjs/common';
import { WatchModule } from '../watch/watch.module.js';
import { Past } from './past.js';

@Module({
  imports: [WatchModule],
  providers: [Past],
  exports: [Past],
})
export class PastModule {}
