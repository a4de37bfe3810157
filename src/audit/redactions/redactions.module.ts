import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessLogModule } from '../access-log/access-log.module.js';
import { DelayedRedactions } from './delayed-redactions.job.js';
import { LapseRedactions } from './lapse-redactions.handler.js';
import { Redaction } from './redaction.entity.js';
import { RedactionAppliance } from './redaction-appliance.service.js';
import { RedactionPublisher } from './redaction-publisher.service.js';
import { RedactionRepetition } from './redaction-repetition.service.js';
import { RedactionsController } from './redactions.controller.js';
import { RedactionsQueries } from './redactions.queries.js';
import { RedactionsService } from './redactions.service.js';
import { SeparationOfDuties } from './separation-of-duties.policy.js';

@Module({
  imports: [TypeOrmModule.forFeature([Redaction]), AccessLogModule],
  controllers: [RedactionsController],
  providers: [
    RedactionsService,
    RedactionsQueries,
    SeparationOfDuties,
    LapseRedactions,
    RedactionAppliance,
    DelayedRedactions,
    RedactionPublisher,
    RedactionRepetition,
  ],
})
export class RedactionsModule {}
