import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { WatchModule } from '../watch/watch.module.js';
import { Redaction } from './redaction.entity.js';
import { RedactionsController } from './redactions.controller.js';
import { RedactionsQueries } from './redactions.queries.js';
import { RedactionsService } from './redactions.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Redaction]), WatchModule],
  controllers: [RedactionsController],
  providers: [RedactionsService, RedactionsQueries],
})
export class RedactionsModule {}
