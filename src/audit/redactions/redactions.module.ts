import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { WatchModule } from '../access-log/access-log.module.js';
import { DelayedRedactions } from './delayed-redactions.job.js';
import { LapseRedactions } from './lapse-redactions.participant.js';
import { Redaction } from './redaction.entity.js';
import { RedactionAppliance } from './redaction-appliance.service.js';
import { RedactionDepartures } from './redaction-departures.js';
import { RedactionRepetition } from './redaction-repetition.service.js';
import { RedactionsController } from './redactions.controller.js';
import { RedactionsQueries } from './redactions.queries.js';
import { RedactionsService } from './redactions.service.js';
import { SeparationOfDuties } from './separation-of-duties.policy.js';

@Module({
  imports: [TypeOrmModule.forFeature([Redaction]), WatchModule],
  controllers: [RedactionsController],
  providers: [
    RedactionsService,
    RedactionsQueries,
    SeparationOfDuties,
    LapseRedactions,
    RedactionAppliance,
    DelayedRedactions,
    RedactionDepartures,
    RedactionRepetition,
  ],
})
export class RedactionsModule {}
