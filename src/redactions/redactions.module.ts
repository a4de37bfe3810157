import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Redaction } from './redaction.entity.js';
import { RedactionsController } from './redactions.controller.js';
import { RedactionsQueries } from './redactions.queries.js';
import { RedactionsService } from './redactions.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Redaction])],
  controllers: [RedactionsController],
  providers: [RedactionsService, RedactionsQueries],
})
export class RedactionsModule {}
